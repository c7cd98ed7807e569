import Domain
import Forecasting

/// What the forecast says at a tick, in requests per second.
public struct DemandForecast: Sendable, Equatable {
  /// The quantile at `level` of the highest demand within the lead window.
  public var upper: Double
  public var level: Double
  /// The median of the same.
  public var median: Double
  /// Whether the model said more than its history makes plausible, and was cut to that.
  public var isClamped = false
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
  /// Whether a plan of floors is made, and so an outlook kept.
  let looksAhead: Bool
  /// From being started to serving, as the model in use was fitted for.
  private(set) var boot: Duration
  /// What an order placed now serves, in steps after the newest known one.
  private(set) var lead: LeadWindow
  /// How the model did at that lead time.
  var trust: LeadTrust
  var effects = EventEffects()
  var outlook: FloorOutlook?

  /// Whole seconds: from the tick to the middle of what it covers, and the step and interval.
  let middleOffset: Int64
  let stepSeconds: Int64
  let intervalSeconds: Int64
  /// Steps over which the trust's figures fade: half of the shortest season.
  let trustMemory: Double
  /// What the reaction plans with.
  let utilization: Double

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

  /// - Parameter boot: As measured; nil takes the configured one.
  init(policy: ServicePolicy, boot: Duration? = nil) {
    step = Self.step(for: policy)
    interval = policy.timing.interval
    lag = policy.timing.lag
    isEnabled = policy.forecast.isEnabled
    history = policy.forecast.history
    let periods = policy.forecast.periods
    refit = periods.min() ?? .seconds(86_400)
    calendar = SeasonCalendar(step: step, periods: periods, zone: policy.forecast.zone)
    looksAhead = policy.holdsPlans
    self.boot = boot ?? policy.fleet.boot
    lead = Self.lead(boot: self.boot, lag: lag, interval: interval, step: step)
    middleOffset = (.zero - lag).wholeSeconds + (.zero - interval / 2).wholeSeconds
    stepSeconds = step.wholeSeconds
    intervalSeconds = interval.wholeSeconds
    utilization = policy.scaling.utilization
    trustMemory = max(288, (refit.inSeconds / step.inSeconds / 2).rounded())
    trust = LeadTrust(lead: lead, memory: trustMemory, grade: .blended)
  }

  private static func lead(
    boot: Duration, lag: Duration, interval: Duration, step: Duration
  ) -> LeadWindow {
    let served = boot + lag
    return LeadWindow(
      opens: served.inSeconds / step.inSeconds,
      closes: (served + interval).inSeconds / step.inSeconds)
  }

  /// Looks ahead for another boot time, with a model that was fitted for it.
  mutating func look(aheadFor boot: Duration) {
    guard boot != self.boot else { return }
    self.boot = boot
    lead = Self.lead(boot: boot, lag: lag, interval: interval, step: step)
    trust = LeadTrust(lead: lead, memory: trustMemory, grade: trust.trust.grade)
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
      && left.leadWindow == right.leadWindow && left.holdsPlans == right.holdsPlans
  }

  /// The same knowledge under a compatible policy.
  func reconfigured(_ policy: ServicePolicy) -> DemandTracker {
    var tracker = DemandTracker(policy: policy, boot: boot)
    tracker.restore(from: self)
    return tracker
  }
}
