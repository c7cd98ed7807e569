extension TimeChart {
  /// What was, and the fan of what may come: nested bands labelled at their right end.
  ///
  /// - Parameters:
  ///   - past: actual values up to the forecast's start; may be empty.
  ///   - fan: the forecast; its bands from the widest to the narrowest.
  ///   - thresholds: a budget or a limit.
  ///   - words: said before the figures in the summary, for readers who meet a fan for the first time.
  public static func fan(
    identifier: String, title: String, past: TimedValues, fan: ForecastBands,
    range: ClosedRange<Double>, unit: String, now: Double? = nil, offset: UTCOffset = .utc,
    thresholds: [Threshold] = [], events: [EventSpan] = [], words: String = ""
  ) -> TimeChart {
    var layers = fan.layers(ink: .forecast)
    if !past.isEmpty {
      layers.append(Layer("actual", ink: .observed, .line(past, dashed: false)))
    }
    var chart = TimeChart(
      caption: Caption(
        identifier: identifier, title: title,
        summary: (words.isEmpty ? "" : words + " ") + summary(fan, unit: unit)),
      unit: unit, range: range, offset: offset, layers: layers)
    chart.now = now
    chart.thresholds = thresholds
    chart.events = events
    return chart
  }

  private static func summary(_ fan: ForecastBands, unit: String) -> String {
    guard let last = fan.middle.values.last(where: \.isFinite) else { return "No forecast." }
    var text = "At the end \(CompactNumber.text(last)) \(unit)"
    if let band = fan.bands.first, let low = band.lower.values.last(where: \.isFinite),
      let high = band.upper.values.last(where: \.isFinite)
    {
      text +=
        " (\(band.label): \(CompactNumber.text(low)) to \(CompactNumber.text(high)))"
    }
    return text + "."
  }
}
