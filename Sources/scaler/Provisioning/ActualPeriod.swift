import Domain
import Provisioning

/// What was measured in one period; nil where less than half of it is known.
struct ActualPeriod: Sendable {
  var period: Period
  /// Requests per second.
  var demand: Double?
  /// Instance-hours.
  var units: Double?

  /// - Parameters:
  ///   - demand: Requests per second; NaN is unknown.
  ///   - ready: Replicas that served, per hour; NaN is unknown.
  static func measured(
    over periods: [Period], demand: TimeSeries, ready: TimeSeries
  ) -> [ActualPeriod] {
    periods.map { period in
      ActualPeriod(
        period: period, demand: mean(demand, within: period),
        units: mean(ready, within: period).map { $0 * period.hours })
    }
  }

  /// Two services together; what is not known of one is not known of both.
  static func + (left: ActualPeriod, right: ActualPeriod) -> ActualPeriod {
    ActualPeriod(
      period: left.period, demand: sum(left.demand, right.demand),
      units: sum(left.units, right.units))
  }

  private static func sum(_ left: Double?, _ right: Double?) -> Double? {
    left.flatMap { left in right.map { left + $0 } }
  }

  private static func mean(_ series: TimeSeries, within period: Period) -> Double? {
    let first = series.index(at: period.start)
    let last = series.index(at: period.end)
    guard last > first else { return nil }
    var total = 0.0
    var known = 0
    for index in first..<last {
      guard let value = series[index] else { continue }
      total += value
      known += 1
    }
    return known > 0 && known * 2 >= last - first ? total / Double(known) : nil
  }
}
