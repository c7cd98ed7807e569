/// From a first value down (or up) to a last one, one floating bar per lever: which lever gives how
/// much.
public struct WaterfallChart: Picture {
  public struct Step: Sendable, Equatable {
    public let label: String
    /// A short remark after the change: what was done.
    public let detail: String
    public let from: Double
    public let to: Double

    public init(_ label: String, detail: String = "", from: Double, to: Double) {
      self.label = label
      self.detail = detail
      self.from = from
      self.to = to
    }
  }

  public let caption: Caption
  /// In order; unknown values draw no bar. Usually each begins where the one before ended.
  public let steps: [Step]
  public let valueLabel: String
  public let format: ValueFormat

  /// - Parameter words: said before the figures in the summary.
  public init(
    identifier: String, title: String, steps: [Step], valueLabel: String,
    format: ValueFormat = .number, words: String = ""
  ) {
    self.steps = steps
    self.valueLabel = valueLabel
    self.format = format
    var figures = "No steps."
    if let first = steps.first, let last = steps.last {
      figures = "From \(format.text(first.from)) to \(format.text(last.to)), \(valueLabel)."
    }
    caption = Caption(
      identifier: identifier, title: title, summary: words.isEmpty ? figures : words + " " + figures
    )
  }

  public var table: DataTable {
    DataTable(
      headings: ["", "From", "To", "Change", "Remark"],
      rows: steps.map { step in
        [
          step.label, format.text(step.from, significant: 4),
          format.text(step.to, significant: 4), change(step), step.detail,
        ]
      })
  }

  private func change(_ step: Step) -> String {
    let change = step.to - step.from
    return (change > 0 ? "+" : "") + format.text(change)
  }

  public func draw(on canvas: inout Canvas) {
    let size = canvas.textSize
    let isWide = canvas.layout == .wide
    let rows = self.rows
    let labelWidth = rows.map { TextWidth.of($0.label, size: size) }.max() ?? 0
    let left = isWide ? min(260, labelWidth + 24) : 10
    let textWidth = rows.map { TextWidth.of($0.text, size: size) }.max() ?? 0
    let right = canvas.width - min(canvas.width * 0.45, textWidth + 18)
    let scale = Scale(from: 0, to: highest, start: left, end: right)
    let height = isWide ? 30.0 : 44.0
    for (index, row) in rows.enumerated() {
      let top = 6 + height * Double(index)
      let barTop = top + (isWide ? 5 : 20)
      canvas.text(
        TextWidth.fitted(row.label, size: size, limit: isWide ? left - 20 : canvas.width - 20),
        isWide ? left - 10 : left, isWide ? barTop + 14 : top + 14,
        anchor: isWide ? .end : .start, style: row.isTotal ? "label strong" : "label")
      var textLeft = scale.start
      if row.low.isFinite, row.high.isFinite {
        let area = Area(
          left: scale.position(max(0, row.low)), top: barTop,
          right: max(scale.position(max(0, row.high)), scale.position(max(0, row.low)) + 1),
          bottom: barTop + 20)
        canvas.rectangle(
          area, radius: 2, style: "bar \(row.ink.style)", title: "\(row.label): \(row.text)")
        // From the end of a bar to the next one.
        if index + 1 < rows.count, row.end.isFinite {
          let x = scale.position(max(0, row.end))
          canvas.line(x, barTop + 20, x, barTop + height, style: "leader")
        }
        textLeft = area.right
      }
      canvas.text(
        row.text, textLeft + 8, barTop + 14, style: row.isTotal ? "label strong halo" : "label halo"
      )
    }
    let bottom = 6 + height * Double(rows.count)
    canvas.line(left, 6, left, bottom, style: "axis")
    canvas.height = bottom + 6
  }

  /// One bar.
  private struct Row {
    var label: String
    var low: Double
    var high: Double
    /// The value with which the next bar begins.
    var end: Double
    var text: String
    var ink: Ink
    var isTotal = false
  }

  /// The first value whole, each step as what it adds or takes, the last value whole.
  private var rows: [Row] {
    guard let first = steps.first, let last = steps.last else { return [] }
    func total(_ label: String, _ value: Double, _ ink: Ink) -> Row {
      Row(
        label: label, low: 0, high: value, end: value, text: format.text(value), ink: ink,
        isTotal: true)
    }
    let changes = steps.map { step in
      Row(
        label: step.label, low: min(step.from, step.to), high: max(step.from, step.to),
        end: step.to, text: change(step), ink: step.to > step.from ? .shortage : .ready)
    }
    return [total("before", first.from, .muted)] + changes + [total("after", last.to, .target)]
  }

  private var highest: Double {
    let highest = steps.flatMap { [$0.from, $0.to] }.filter(\.isFinite).max() ?? 0
    return highest > 0 ? highest : 1
  }
}
