extension TimeChart {
  /// Requests waiting, as a filled step line, against the objective's limit.
  ///
  /// - Parameter limit: requests; nil if the service has no limit.
  public static func queue(
    identifier: String, title: String = "Queue", waiting: TimedValues, limit: Double? = nil,
    range: ClosedRange<Double>, now: Double? = nil, offset: UTCOffset = .utc,
    events: [EventSpan] = []
  ) -> TimeChart {
    let summary =
      waiting.extent.map {
        $0.upperBound > 0
          ? "At most \(CompactNumber.text($0.upperBound)) requests waiting." : "Nothing waited."
      } ?? "No queue reported in this time."
    var chart = TimeChart(
      caption: Caption(identifier: identifier, title: title, summary: summary),
      unit: "requests waiting", range: range, offset: offset,
      layers: [
        Layer(
          "waiting", ink: .queue, .steps(waiting, dashed: false, filled: true), inLegend: false)
      ])
    chart.table = DataTable(
      columns: [DataTable.Column("Waiting", values: waiting)], within: range, offset: offset)
    chart.now = now
    chart.events = events
    chart.wholeNumbers = true
    chart.plotHeight = (wide: 120, narrow: 120)
    if let limit {
      chart.thresholds = [Threshold(label: "limit", value: limit, alwaysInView: false)]
    }
    return chart
  }
}
