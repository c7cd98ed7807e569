import Control
import Domain
import Forecasting
import Storage

/// Forecasts of a service from its stored history, for pages and files.
enum Forecasts {
  struct Curve {
    var start: Timestamp
    var step: Duration
    var mean: [Double]
    /// One per level, one value per step.
    var quantiles: [[Double]]
    /// The candidate with the most weight.
    var model: String
  }

  /// Steps of a curve: what the combination is tuned for.
  static let steps = 48

  /// The coming `span` in 48 steps.
  ///
  /// - Returns: Nil while the history is too short for any forecast.
  static func next(
    _ span: Duration, of policy: ServicePolicy, store: Store, from now: Timestamp,
    levels: [Double]
  ) async throws -> Curve? {
    let width = max(1, span.wholeSeconds / Int64(steps))
    let step = Duration.seconds(width)
    let end = now.floored(to: step)
    let history = try await store.series(
      of: policy.id, metric: .rate, from: end - policy.forecast.history, to: end, step: step,
      statistic: .interpolatedMean)
    let calendar = SeasonCalendar(
      step: step, periods: policy.forecast.periods, zone: policy.forecast.zone)
    let known = history.values.drop { $0.isNaN }
    let first = history.count - known.count
    let positions = (first..<(history.count + steps)).map {
      calendar.positions(at: history.time(at: $0))
    }
    do {
      let forecast = try ForecastBank.fit(
        values: Array(known), seasons: calendar.seasons.lengths, horizon: steps,
        quantiles: levels, positions: positions)
      return Curve(
        start: end, step: step, mean: forecast.mean,
        quantiles: levels.indices.map { level in forecast.quantiles.map { $0[level] } },
        model: forecast.leadingCandidate)
    } catch .tooFewValues {
      return nil
    }
  }
}

extension BankForecast {
  /// The name of the candidate with the most weight.
  var leadingCandidate: String {
    candidates.max { $0.weight < $1.weight }?.name ?? "none"
  }
}
