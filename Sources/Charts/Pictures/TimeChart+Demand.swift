extension TimeChart {
  /// Demand as observed, with the forecast's bands behind it (what was expected) and after it (what
  /// is), and a line between the two.
  ///
  /// - Parameters:
  ///   - observed: requests per second; unknown values are gaps.
  ///   - forecasts: usually two, the past one and the next one; either may be absent. Only the first
  ///     is named in the legend, so they should have the same bands.
  ///   - now: Unix seconds; nil in a backtest without a present.
  public static func demand(
    identifier: String, title: String = "Demand and forecast", observed: TimedValues,
    forecasts: [ForecastBands], range: ClosedRange<Double>, now: Double? = nil,
    offset: UTCOffset = .utc, events: [EventSpan] = [], unit: String = "requests/s"
  ) -> TimeChart {
    var layers: [Layer] = []
    // Pieces that show the same quantiles share their entry in the legend; one that shows others is
    // told from the last by its tint.
    for forecast in forecasts {
      let isAlike = forecast.bands.map(\.label) == forecasts.last?.bands.map(\.label)
      for var layer in forecast.layers(ink: .forecast, outer: isAlike ? .outer : .past) {
        layer.inLegend = !layers.contains { $0.label == layer.label }
        layers.append(layer)
      }
    }
    layers.append(Layer("observed", ink: .observed, .line(observed, dashed: false)))
    var chart = TimeChart(
      caption: Caption(
        identifier: identifier, title: title,
        summary: summary(observed, forecasts, now: now, unit: unit)),
      unit: unit, range: range, offset: offset, layers: layers,
      table: DataTable(
        columns: columns(observed, forecasts), within: range, offset: offset))
    chart.now = now
    chart.events = events
    return chart
  }

  private static func summary(
    _ observed: TimedValues, _ forecasts: [ForecastBands], now: Double?, unit: String
  ) -> String {
    var sentences: [String] = []
    if let extent = observed.extent {
      sentences.append(
        "Observed between \(CompactNumber.text(extent.lowerBound)) and "
          + "\(CompactNumber.text(extent.upperBound)) \(unit).")
    } else {
      sentences.append("No demand observed in this time.")
    }
    if let next = forecasts.last, let extent = next.middle.extent {
      let widest = next.bands.first?.upper.extent?.upperBound
      sentences.append(
        "Forecast up to \(CompactNumber.text(extent.upperBound)) \(unit)"
          + (widest.map { ", upper edge of the band \(CompactNumber.text($0))." } ?? "."))
    } else {
      sentences.append("No forecast yet.")
    }
    return sentences.joined(separator: " ")
  }

  /// The forecasts' pieces joined, so that each quantile is one column.
  private static func columns(_ observed: TimedValues, _ forecasts: [ForecastBands])
    -> [DataTable.Column]
  {
    var columns = [DataTable.Column("Observed", values: observed)]
    for label in forecasts.map(\.middleLabel).distinct {
      let pieces = forecasts.filter { $0.middleLabel == label }.map(\.middle)
      columns.append(DataTable.Column(label, values: joined(pieces)))
    }
    let bands = forecasts.flatMap(\.bands)
    for label in bands.map(\.label).distinct {
      let pieces = bands.filter { $0.label == label }
      columns.append(DataTable.Column(label + ", from", values: joined(pieces.map(\.lower))))
      columns.append(DataTable.Column(label + ", to", values: joined(pieces.map(\.upper))))
    }
    return columns
  }

  private static func joined(_ pieces: [TimedValues]) -> TimedValues {
    var times: [Double] = []
    var values: [Double] = []
    for piece in pieces {
      for (time, value) in zip(piece.times, piece.values) where time > times.last ?? -.infinity {
        times.append(time)
        values.append(value)
      }
    }
    return TimedValues(times: times, values: values, end: pieces.last?.end)
  }
}

extension [String] {
  /// Each once, in the order of first appearance.
  fileprivate var distinct: [String] {
    reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }
}
