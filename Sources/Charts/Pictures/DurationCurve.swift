/// The need of every hour, sorted from the highest to the lowest, and the level that is committed to.
///
/// Under both the curve and the line: what the commitment serves. Above the line: bought on demand.
/// Under the line and over the curve: paid for and unused.
public struct DurationCurve: Picture {
  public let caption: Caption
  /// Descending; unknown values are left out.
  public let values: [Double]
  public let unit: String
  /// In `unit`; nil draws the curve alone.
  public let commitment: Double?

  /// - Parameters:
  ///   - values: one per hour (or other equal period), in any order.
  public init(
    identifier: String, title: String = "How often how much is needed", values: [Double],
    unit: String, commitment: Double? = nil
  ) {
    self.values = values.filter(\.isFinite).sorted(by: >)
    self.unit = unit
    self.commitment = commitment.flatMap { $0.isFinite && $0 >= 0 ? $0 : nil }
    caption = Caption(
      identifier: identifier, title: title,
      summary: Self.summary(self.values, unit: unit, commitment: self.commitment))
  }

  /// How much of the need the commitment serves, and how much of the commitment is used; each NaN
  /// where there is nothing to divide by.
  static func use(_ values: [Double], commitment: Double) -> (coverage: Double, utilisation: Double)
  {
    var served = 0.0
    var needed = 0.0
    for value in values {
      served += min(value, commitment)
      needed += value
    }
    return (served / needed, served / (commitment * Double(values.count)))
  }

  private static func summary(_ values: [Double], unit: String, commitment: Double?) -> String {
    guard let highest = values.first, let lowest = values.last else { return "No values." }
    var text =
      "Between \(CompactNumber.text(lowest)) and \(CompactNumber.text(highest)) \(unit) over "
      + "\(values.count) periods."
    if let commitment {
      let use = use(values, commitment: commitment)
      text +=
        " A commitment of \(CompactNumber.text(commitment)) serves "
        + "\(CompactNumber.percent(use.coverage)) of the need and is "
        + "\(CompactNumber.percent(use.utilisation)) used."
    }
    return text
  }

  public var table: DataTable {
    let shares = [0.0, 0.01, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 1]
    return DataTable(
      headings: ["Share of the time", "At least, \(unit)"],
      rows: values.isEmpty
        ? []
        : shares.map { share in
          let index = Int((share * Double(values.count - 1)).rounded())
          return [CompactNumber.percent(share), CompactNumber.text(values[index])]
        })
  }

  public func draw(on canvas: inout Canvas) {
    let size = canvas.textSize
    let highest = max(values.first ?? 0, commitment ?? 0)
    let ticks = ValueTicks.linear(from: 0, to: highest > 0 ? highest * 1.02 : 1, count: 5)
    let top = size * 2.2
    let plot = Area(
      left: 54, top: top, right: canvas.width - 16,
      bottom: top + (canvas.layout == .wide ? 240 : 200))
    let value = Scale(
      from: ticks.lowest, to: ticks.highest, start: plot.bottom, end: plot.top)
    let share = Scale(from: 0, to: 1, start: plot.left, end: plot.right)
    let axes = Axes(plot: plot)
    axes.drawAcross(
      ValueTicks.linear(from: 0, to: 1, count: canvas.layout == .wide ? 10 : 4), scale: share,
      unit: "of the time at least this much", format: .percent, on: &canvas)
    axes.drawValues(ticks, scale: value, unit: unit, format: .number, on: &canvas)
    let periods = Scale(
      from: 0, to: Double(max(1, values.count)), start: plot.left, end: plot.right)
    let steps = Layer(
      "need", ink: .observed,
      .steps(TimedValues(start: 0, step: 1, values: values), dashed: false, filled: true))
    canvas.clipped(to: plot.grown(by: 1.5)) { canvas in
      if let commitment {
        let area = Area(
          left: plot.left, top: value.position(commitment), right: plot.right, bottom: plot.bottom)
        canvas.rectangle(area, style: "band-outer \(Ink.committed.style)")
      }
      steps.draw(on: &canvas, time: periods, value: value)
    }
    if let commitment {
      Threshold(label: "committed", value: commitment)
        .draw(on: &canvas, plot: plot, y: value.position(commitment), format: .number)
    }
    canvas.height = plot.bottom + size * 3.3
  }
}
