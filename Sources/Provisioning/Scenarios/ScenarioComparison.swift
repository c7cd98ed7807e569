/// Several scenarios of the same span side by side; the first is what the others are compared with.
public struct ScenarioComparison: Sendable, Equatable {
  public struct Row: Sendable, Equatable {
    public var name: String
    /// Requests per second, averaged over the span.
    public var demandMean: Double
    /// Instance-hours and money of the whole span.
    public var units: Outlook
    public var listCost: Outlook?
    public var effectiveCost: Outlook?
    public var peakP95: Double
    /// Over the first row's, expected money, or instance-hours where there is no price.
    public var ratioToFirst: Double
    /// The first row's expected money or instance-hours times the growth in demand: what linear
    /// extrapolation says.
    public var linear: Double
  }

  public let rows: [Row]

  /// - Parameter forecasts: Of one target and span, by scenario name.
  public init(_ forecasts: [(name: String, forecast: TargetForecast)]) {
    var rows: [Row] = []
    for (name, forecast) in forecasts {
      let whole = Period(start: forecast.paths.start, end: forecast.paths.end)
      let row = forecast.summary(of: whole)
      let money = row.effectiveCost?.mean ?? row.units.mean
      let first = rows.first
      let firstMoney = first.map { $0.effectiveCost?.mean ?? $0.units.mean } ?? money
      let firstDemand = first?.demandMean ?? row.demand.mean
      rows.append(
        Row(
          name: name, demandMean: row.demand.mean,
          units: Outlook(
            mean: row.units.mean, p10: row.units.p10, p50: row.units.p50, p90: row.units.p90),
          listCost: row.listCost, effectiveCost: row.effectiveCost, peakP95: row.peakP95,
          ratioToFirst: firstMoney > 0 ? money / firstMoney : 0,
          linear: firstDemand > 0 ? firstMoney * row.demand.mean / firstDemand : 0))
    }
    self.rows = rows
  }
}
