public import Domain
public import Forecasting

/// A service's past as it would have been without outages, stuck metrics, excluded spans and what its
/// announced events did, and what those events taught.
public struct PlainHistory: Sendable, Equatable {
  /// Steps that say nothing of that are NaN.
  public let series: TimeSeries
  let effects: EventEffects

  /// - Parameter history: The policy's demand at any step.
  public init(_ history: TimeSeries, policy: ServicePolicy) {
    let events = policy.events(within: TimeSpan(from: history.start, to: history.end))
    effects = EventEffects.learned(
      from: history, events: events, periods: policy.forecast.periods)
    series = TimeSeries(
      start: history.start, step: history.step,
      values: HistoryCleaning.clean(history, policy: policy, events: events, effects: effects))
  }

  /// What an event multiplies demand by, and how sure that is: a stated multiplier is exact, a learnt
  /// one scatters as the earlier occurrences did, and one that was never seen is
  /// `EventUplift.unseenUncertainty` around what is assumed until then.
  ///
  /// - Returns: nil if the multiplier is not above zero.
  public func uplift(of event: AnnouncedEvent) -> EventUplift? {
    guard event.isLearned, !effects.knows(event) else { return effects.uplift(of: event) }
    return EventUplift(factor: event.uplift, uncertainty: EventUplift.unseenUncertainty)
  }
}
