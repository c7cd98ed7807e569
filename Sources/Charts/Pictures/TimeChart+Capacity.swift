extension TimeChart {
  /// Replicas ready, asked for and needed, as steps; where fewer were ready than needed, the
  /// difference is filled in the colour of a shortage.
  ///
  /// - Parameters:
  ///   - ready: replicas that serve; unknown values are gaps.
  ///   - target: what was commanded; nil if there is none.
  ///   - need: demand ÷ rate per replica, in replicas.
  ///   - limits: the bounds of the fleet and the like.
  public static func capacity(
    identifier: String, title: String = "Capacity against need", ready: TimedValues,
    target: TimedValues?, need: TimedValues, range: ClosedRange<Double>, now: Double? = nil,
    offset: UTCOffset = .utc, limits: [Threshold] = [], events: [EventSpan] = []
  ) -> TimeChart {
    let shortage = Shortage(ready: ready, need: need)
    var layers = [
      Layer("ready", ink: .ready, .steps(ready, dashed: false, filled: true)),
      Layer(
        "shortage", ink: .shortage,
        .band(lower: shortage.lower, upper: shortage.upper, strength: .solid, stepped: true)),
      Layer("need", ink: .need, .steps(need, dashed: false, filled: false)),
    ]
    if let target {
      layers.append(Layer("target", ink: .target, .steps(target, dashed: true, filled: false)))
    }
    var columns = [
      DataTable.Column("Ready", values: ready), DataTable.Column("Need", values: need),
    ]
    if let target { columns.append(DataTable.Column("Target", values: target)) }
    var chart = TimeChart(
      caption: Caption(
        identifier: identifier, title: title, summary: summary(ready, need, shortage)),
      unit: "replicas", range: range, offset: offset, layers: layers,
      table: DataTable(columns: columns, within: range, offset: offset))
    chart.now = now
    chart.thresholds = limits
    chart.events = events
    chart.wholeNumbers = true
    chart.plotHeight = (wide: 200, narrow: 170)
    return chart
  }

  private static func summary(_ ready: TimedValues, _ need: TimedValues, _ shortage: Shortage)
    -> String
  {
    guard let readyExtent = ready.extent else { return "No ready replicas reported in this time." }
    var text =
      "Ready replicas between \(CompactNumber.text(readyExtent.lowerBound)) and "
      + "\(CompactNumber.text(readyExtent.upperBound))"
    if let highest = need.extent?.upperBound {
      text += ", need up to \(CompactNumber.text(highest))"
    }
    text +=
      shortage.worst > 0
      ? "; at worst \(CompactNumber.text(shortage.worst)) too few." : "; never too few."
    return text
  }
}

/// Where fewer replicas were ready than needed: the band between the two, empty elsewhere.
private struct Shortage {
  let lower: TimedValues
  let upper: TimedValues
  /// The largest difference, in replicas.
  let worst: Double

  init(ready: TimedValues, need: TimedValues) {
    var times: [Double] = []
    for time in (ready.times + need.times).sorted() where times.last != time { times.append(time) }
    var low: [Double] = []
    var high: [Double] = []
    var worst = 0.0
    var readyAt = HeldValue(ready)
    var needAt = HeldValue(need)
    for time in times {
      let ready = readyAt.advance(to: time)
      let need = needAt.advance(to: time)
      let known = ready.isFinite && need.isFinite
      low.append(known ? ready : .nan)
      high.append(known ? max(ready, need) : .nan)
      if known { worst = max(worst, need - ready) }
    }
    let end = min(ready.end, need.end)
    lower = TimedValues(times: times, values: low, end: end)
    upper = TimedValues(times: times, values: high, end: end)
    self.worst = worst
  }
}

/// Reads a series forward: the value that holds at each of ascending times, in O(n) over all.
private struct HeldValue {
  private let series: TimedValues
  private var next = 0

  init(_ series: TimedValues) { self.series = series }

  mutating func advance(to time: Double) -> Double {
    while next < series.times.count, series.times[next] <= time { next += 1 }
    return next == 0 || time > series.end ? .nan : series.values[next - 1]
  }
}
