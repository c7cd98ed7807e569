import Domain
import Forecasting

/// Takes out of a history what must not become a season: excluded spans, outages, stretches at which
/// the metric was stuck, and events whose multiplier nobody knows; announced events with a known one
/// are divided out. A level that shifted stays in it, before and after: at leads of minutes the upper
/// quantiles of the week after are within a few per cent of what they are where it always was so, at
/// one of two hours the median in steps of half an hour is off by a quarter where the shift is recent.
enum HistoryCleaning {
  /// Less than this share of what the other periods had at the same time is an outage…
  static let collapsedShare = 0.1
  /// …if it lasts for so many steps.
  static let fewestSteps = 2
  /// Other periods that are compared, back and forth.
  static let neighbours = 3

  /// - Parameter events: Those that act within the history.
  static func clean(
    _ history: TimeSeries, policy: ServicePolicy, events: [AnnouncedEvent], effects: EventEffects
  ) -> [Double] {
    var values = history.values
    let width = max(1, history.step.wholeSeconds)
    withoutOutages(
      &values, periods: policy.forecast.periods.map { Int($0.wholeSeconds / width) })
    for steps in stuck(history, policy) {
      for index in steps { values[index] = .nan }
    }
    for span in policy.excluded(within: TimeSpan(from: history.start, to: history.end)) {
      for index in indices(of: span.from, span.to, in: history) { values[index] = .nan }
    }
    for event in events {
      let isUnknown = event.isLearned && !effects.knows(event)
      for index in indices(of: event.span.from, event.span.to, in: history) {
        guard !isUnknown else {
          values[index] = .nan
          continue
        }
        let factor = effects.factor([event], at: history.time(at: index))
        if factor != 1, factor > 0 { values[index] /= factor }
      }
    }
    return values
  }

  private static func stuck(_ history: TimeSeries, _ policy: ServicePolicy) -> [Range<Int>] {
    let calendar = SeasonCalendar(
      step: history.step, periods: policy.forecast.periods, zone: policy.forecast.zone)
    return HistoryScan.stuck(history.values, seasons: calendar.seasons.lengths) {
      history.values.indices.map { calendar.positions(at: history.time(at: $0)) }
    }
  }

  private static func indices(
    of from: Timestamp, _ to: Timestamp, in history: TimeSeries
  ) -> Range<Int> {
    let low = min(max(0, history.index(at: from)), history.count)
    let high = min(max(low, history.index(at: to - .seconds(1)) + 1), history.count)
    return low..<high
  }

  /// Makes runs of steps unknown that collapsed against the periods around them: below a tenth of
  /// most of the neighbouring days at that time, and of each neighbouring week, of which one at least
  /// must be known, so that a shop that closes on Sundays has no outage a week.
  static func withoutOutages(_ values: inout [Double], periods: [Int]) {
    guard let shortest = periods.min(), let longest = periods.max(), shortest > 1,
      values.count > longest
    else { return }
    let original = values
    var run = 0
    for index in values.indices {
      guard isCollapsed(at: index, of: original, shortest: shortest, longest: longest) else {
        run = 0
        continue
      }
      run += 1
      if run == fewestSteps {
        for earlier in (index + 1 - run)...index { values[earlier] = .nan }
      } else if run > fewestSteps {
        values[index] = .nan
      }
    }
  }

  private static func isCollapsed(
    at index: Int, of values: [Double], shortest: Int, longest: Int
  ) -> Bool {
    let value = values[index]
    guard value >= 0 else { return false }
    let near = higher(than: value, around: index, of: values, period: shortest)
    guard near.known >= 2, 2 * near.higher > near.known else { return false }
    let far = higher(than: value, around: index, of: values, period: longest)
    return far.known >= 1 && far.higher == far.known
  }

  /// Of the same place in other periods: how many are known, and against how many this is next to
  /// nothing.
  private static func higher(
    than value: Double, around index: Int, of values: [Double], period: Int
  ) -> (known: Int, higher: Int) {
    var result = (known: 0, higher: 0)
    for distance in 1...neighbours {
      for neighbour in [index - distance * period, index + distance * period]
      where values.indices.contains(neighbour) && !values[neighbour].isNaN {
        result.known += 1
        if value < collapsedShare * values[neighbour] { result.higher += 1 }
      }
    }
    return result
  }
}

extension EventEffects {
  func knows(_ event: AnnouncedEvent) -> Bool {
    learned.contains { $0.name == event.name }
  }
}
