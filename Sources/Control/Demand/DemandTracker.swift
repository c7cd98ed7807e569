import Domain
import Forecasting

/// What the forecast says at a tick, in requests per second.
public struct DemandForecast: Sendable, Equatable {
  /// The quantile at `level` of the highest demand within the lead window.
  public var upper: Double
  public var level: Double
  /// The median of the same.
  public var median: Double
}

/// Cuts the observed rates into the model's even steps and keeps the model at now.
///
/// The model sees demand without announced events: what was observed is divided by their
/// multiplier, so that a sale does not become a season, and the decision multiplies it again.
struct DemandTracker: Sendable {
  /// The step in which the model sees the demand.
  let step: Duration
  let interval: Duration
  let lag: Duration
  let isEnabled: Bool
  let history: Duration
  let refit: Duration
  let calendar: SeasonCalendar
  /// What an order placed now serves, in steps after the newest known one.
  let lead: LeadWindow

  var model: LeadDemand?
  /// The start of the first step that the model has not seen.
  var modelTime: Timestamp?
  /// The open step: its start, the sum and the count of what was seen in it.
  var open = OpenStep()
  /// Steps closed lately, for a model that was fitted on an older past and has to catch up.
  var closed = ClosedSteps()
  var fittedAt: Timestamp?
  /// When to ask for the next fit; nil: at once.
  var nextFit: Timestamp?

  init(policy: ServicePolicy) {
    step = Self.step(for: policy)
    interval = policy.timing.interval
    lag = policy.timing.lag
    isEnabled = policy.forecast.isEnabled
    history = policy.forecast.history
    let periods = policy.forecast.periods
    refit = periods.min() ?? .seconds(86_400)
    calendar = SeasonCalendar(step: step, periods: periods, zone: policy.forecast.zone)
    let served = policy.fleet.boot + policy.timing.lag
    lead = LeadWindow(
      opens: served.inSeconds / step.inSeconds,
      closes: (served + policy.timing.interval).inSeconds / step.inSeconds)
  }

  /// The model's step: a minute, or less where the lead window is so short that a minute would
  /// not resolve it; never less than the control interval.
  static func step(for policy: ServicePolicy) -> Duration {
    let interval = policy.timing.interval.wholeSeconds
    let wanted = min(60, max(1, policy.leadWindow.wholeSeconds / 3))
    let ticks = max(1, (wanted + interval / 2) / interval)
    return .seconds(ticks * interval)
  }

  static func isCompatible(_ left: ServicePolicy, _ right: ServicePolicy) -> Bool {
    left.forecast == right.forecast && left.timing == right.timing
      && left.leadWindow == right.leadWindow
  }

  /// The same knowledge under a compatible policy.
  func reconfigured(_ policy: ServicePolicy) -> DemandTracker {
    var tracker = DemandTracker(policy: policy)
    tracker.restore(from: self)
    return tracker
  }
}
