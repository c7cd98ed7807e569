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
    /// How every candidate did over the rolling origins.
    var candidates: [CandidateReport]
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
    let known = Array(history.values.drop { $0.isNaN })
    let first = history.count - known.count
    let timeline = EventTimeline(
      policy.allEvents, start: history.time(at: first).seconds, step: width,
      history: known.count, horizon: steps,
      offset: { Int64(policy.forecast.zone.offset(at: Timestamp(seconds: $0))) })
    let positions = (first..<(history.count + steps)).map {
      calendar.positions(at: history.time(at: $0))
    }
    do {
      let plain = try ForecastBank.fit(
        values: timeline.plain(known), seasons: calendar.seasons.lengths, horizon: steps,
        quantiles: levels, positions: positions)
      let forecast = plain.raised(
        by: try timeline.uplifts(
          of: known, seasons: calendar.seasons.lengths, positions: positions))
      return Curve(
        start: end, step: step, mean: forecast.mean,
        quantiles: levels.indices.map { level in forecast.quantiles.map { $0[level] } },
        model: forecast.leadingCandidate, candidates: forecast.candidates)
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

extension ServicePolicy {
  /// What happens once, what recurs, and what is known to be wrong.
  fileprivate var allEvents: [CalendarEvent] {
    let once = events.compactMap { event -> CalendarEvent? in
      let stated = EventUplift(factor: event.uplift, uncertainty: event.uncertainty)
      guard let height = event.isLearned ? CalendarEvent.Height.learned : stated.map({ .given($0) })
      else {
        return nil
      }
      return CalendarEvent(
        name: event.name, times: .once(TimeSpan(from: event.from, to: event.to).seconds),
        height: height, rampBefore: event.rise.wholeSeconds, rampAfter: event.fall.wholeSeconds)
    }
    let wrong = forecast.excluded.map {
      CalendarEvent(name: "excluded", times: .once($0.seconds), height: .excluded)
    }
    return once + wrong + calendar
  }
}

extension TimeSpan {
  /// Since 1970.
  fileprivate var seconds: Range<Int64> { from.seconds..<max(from, to).seconds }
}
