public import Domain
public import Forecasting

/// One service's scaling, as a value: what it knows, and what it does when something happens.
///
/// Pure: time, measurements and models are arguments; there is no clock, no randomness, nothing
/// asynchronous and nothing that throws. `serve` feeds it from the world and performs its effects,
/// `simulate` from a model of the world; the decisions are the same because this is all there is.
///
/// The target is the larger of what the forecast and what the observed rate ask for, plus what
/// drains the backlog, sent through the guardrails in their order: the forecast is a floor under the
/// reaction, and can only raise it.
public struct Autoscaler: Sendable {
  public internal(set) var policy: ServicePolicy
  var tempo: Tempo

  /// Observed rates of the last minute.
  var recent = RecentRate()
  var demand: DemandTracker
  var risk: RiskGovernor
  /// Derived from the policy and the time, so not part of a snapshot.
  var around = EventsNow()
  var watch = SignalWatch()
  /// The demand part over the stabilisation window.
  var wanted = HeldMaximum()
  /// The drain part, held so that replicas that are warming up to solve a backlog are not cancelled
  /// because the projection sees it solved.
  var drains = HeldMaximum()
  var sizes = SizeHistory()
  var boots = BootTimes()
  /// When the measured boot time is next worked out, and what it was.
  var nextMeasurement: Timestamp?
  public internal(set) var measuredBoot: Duration?
  var foreign = ForeignWrites()
  var ledger = BudgetLedger()
  var starts = StartWatch()
  var feedback = FeedbackWatch()
  var pool = WarmPool()
  /// When the next plan is due; nil: at once.
  var nextPlan: Timestamp?
  /// Last known replicas, ready or on their way.
  var lastSize: Int?
  /// Last known ready replicas.
  var lastReady: Int?

  var nextDecision: Int64 = 1
  /// The newest decision that was recorded.
  var lastDecision: Decision?
  /// What the newest tick decided, recorded or not.
  public internal(set) var lastProposal: Decision?
  /// Whether demand alone, before any guardrail, would shrink the fleet deeply: what a fleet-wide
  /// breaker counts.
  public internal(set) var wantsShrink = false
  /// The command that was sent and whose outcome is not known yet.
  var inFlight: ScaleCommand?
  /// What the platform last accepted as our floor; meaningful in mode `floor`.
  var acceptedFloor: Int?
  var refusals = Refusals()
  /// A size that an operator fixed; void once its time has passed.
  public internal(set) var override: SizeOverride?
  /// Until when an operator froze the size; void once it has passed.
  public internal(set) var frozenUntil: Timestamp?
  var isShrinkingHeld = false
  /// Nil while another process leads.
  var fencingToken: Int64? = 0

  public init(policy: ServicePolicy) {
    self.policy = policy
    tempo = Tempo(policy, boot: policy.fleet.boot)
    demand = DemandTracker(policy: policy)
    risk = RiskGovernor(policy: policy)
  }

  /// Numbers decisions after `decision`, the newest of a past that could not be read.
  public mutating func number(after decision: DecisionID) {
    nextDecision = max(nextDecision, decision.number < .max ? decision.number + 1 : .max)
  }

  /// Takes one event and says what to do, in order. O(1) in the length of the past, amortised.
  public mutating func handle(_ event: Event) -> [Effect] {
    switch event {
    case .observed(let observation):
      return observe(observation)
    case .fitted(let fitted):
      demand.adopt(fitted)
      nextPlan = nil
      return []
    case .fitFailed(let time, _):
      demand.fitFailed(at: time)
      return []
    case .scaled(let decision, let outcome, let time):
      settle(decision, outcome, at: time)
      return []
    case .overridden(let override, _):
      self.override = override
      return []
    case .frozen(let until, _):
      frozenUntil = until
      return []
    case .configured(let policy, _):
      configure(policy)
      return []
    case .leadershipChanged(let token, _):
      fencingToken = token
      // Whoever begins to command leaves a plan of their own.
      nextPlan = nil
      refusals = Refusals()
      if token == nil {
        inFlight = nil
        pool.inFlight = nil
      }
      return []
    case .shrinkingHeld(let isHeld, _):
      isShrinkingHeld = isHeld
      return []
    }
  }

  /// The newest decision that was recorded: target and reasons as they still stand.
  public var newestDecision: Decision? { lastDecision }

  /// The command that was sent and whose outcome is not known yet.
  public var commandInFlight: ScaleCommand? { inFlight }

  /// The command for the warm pool that was sent and whose outcome is not known yet.
  public var poolCommandInFlight: ScaleCommand? { pool.inFlight }

  /// The model's view of now, nil while there is no model.
  public var forecast: DemandForecast? { demand.forecast(level: risk.level) }

  /// How far the forecast is believed, from what its promises at the service's lead time were worth.
  public var trust: ForecastTrust.Grade { demand.trust.grade }

  /// How often demand exceeded the 95 % quantile at the lead time, fading.
  public var exceedance: Double { demand.trust.trust.exceedance }

  /// How the forecast does; nil where there never was one.
  public var standing: ForecastStanding? {
    demand.fittedAt.map { fittedAt in
      ForecastStanding(
        grade: demand.model == nil ? nil : trust, fittedAt: fittedAt, exceedance: exceedance)
    }
  }

  /// Whether demand has stayed far from what the seasons know for an hour.
  public var isLevelShifted: Bool { watch.isShifted }

  /// Why the rate may raise the fleet and not lower it; nil if it may.
  public var suspicion: Rule.Suspicion? { watch.suspicion }

  /// The share of the objective's violation budget that is spent; nil where the risk is fixed.
  public var spentShare: Double? { risk.spentShare }

  /// Whether a rate was ever known: only then can it have been lost.
  public var hasHadRate: Bool { watch.lastRate != nil }

  /// Whether there was a rate before and is none now: what a fleet-wide breaker counts.
  public var hasLostRate: Bool { hasHadRate && watch.freshTicks == 0 }

  /// Whether the fleet-wide breaker holds every shrink.
  public var isHeldByBreaker: Bool { isShrinkingHeld }

  /// Whether somebody else sets the size and insists.
  public var yieldsToForeignWrites: Bool { foreign.yieldsUntil != nil }

  /// How long replicas took to serve, as seen.
  public var bootTimes: BootTimes { boots }

  /// From an order to the moment at which demand is next looked at again, with the boot time as
  /// measured: what a forecast has to cover.
  public var leadTime: Duration { tempo.lead }

  private mutating func configure(_ policy: ServicePolicy) {
    let keepsModel = DemandTracker.isCompatible(self.policy, policy)
    self.policy = policy
    around = EventsNow()
    demand = keepsModel ? demand.reconfigured(policy) : DemandTracker(policy: policy)
    risk.configure(policy)
    tempo = Tempo(policy, boot: measuredBoot ?? policy.fleet.boot)
    nextPlan = nil
    refusals = Refusals()
  }

  private mutating func observe(_ observation: Observation) -> [Effect] {
    let now = observation.time
    demand.expire(at: now)
    let fleet = look(at: observation)
    let proposal = propose(observation, fleet: fleet)
    feedback.observe(observation, delay: tempo.lagSeconds + 2 * demand.intervalSeconds)
    let decision = Decision(
      id: DecisionID(nextDecision), service: policy.id, time: now,
      current: observation.provisioned ?? (policy.hasFleetSignal ? nil : fleet.size),
      target: proposal.target, trail: proposal.trail)
    lastProposal = decision
    var effects = commit(decision, fleet: fleet)
    if effects.isEmpty, let standby = policy.fleet.standby {
      effects = stand(by: standby, decision, fleet: fleet)
    }
    if let plan = plan(at: now) { effects.append(.plan(plan)) }
    if let request = demand.fitRequest(
      at: now, boot: measuredBoot ?? policy.fleet.boot, for: policy.id)
    {
      effects.append(.fit(request))
    }
    return effects
  }

  /// Learns what a tick shows, before anything is decided.
  mutating func look(at observation: Observation) -> FleetView {
    let fleet = fleet(in: observation)
    learnFleet(observation, fleet: fleet)
    learnDemand(observation)
    risk.observe(rate: observation.rate, queue: observation.queue, ready: fleet.ready)
    return fleet
  }

  private mutating func learnDemand(_ observation: Observation) {
    let now = observation.time
    var factor = 1.0
    var isKnown = true
    if around.move(to: now, policy: policy) {
      let seen = now.earlier(by: tempo.lagSeconds)
      factor = demand.effects.factor(around.events, at: seen)
      isKnown =
        !demand.effects.isUnknown(around.events, at: seen) && !around.excludes(seen)
    }
    if let rate = observation.rate {
      recent.append(rate, at: now)
    } else {
      recent.forget(before: now)
    }
    let expected = demand.isEnabled ? demand.expectedRate.map { $0 * factor } : nil
    if let last = lastProposal?.time {
      watch.resume(after: last, at: now, interval: tempo.interval)
    }
    watch.observe(
      observation.rate, expected: expected, at: now, stabilization: tempo.stabilization)
    let learnt = observation.rate.flatMap { rate in
      isKnown && !watch.isOutage(rate, expected: expected) ? rate : nil
    }
    demand.advance(rate: learnt, factor: factor, at: now)
  }

  private mutating func learnFleet(_ observation: Observation, fleet: FleetView) {
    guard policy.hasFleetSignal else { return }
    let now = observation.time
    boots.observe(observation.pending, ready: observation.ready, at: now)
    if now >= nextMeasurement ?? now { measureBoot(at: now) }
    if policy.mode == .desired {
      foreign.observe(
        observation.provisioned, isCommandInFlight: inFlight != nil, at: now)
    }
    if let changed = observation.changedFloor, policy.mode == .floor, inFlight == nil {
      // What differs from the floor in force is commanded again.
      acceptedFloor = changed.replicas
    }
    starts.observe(observation, boot: tempo.boot)
    if policy.price?.monthlyBudget != nil { ledger.observe(size: fleet.size, at: now) }
  }

  /// Once an hour. A measured time within one interval of the configured one confirms it.
  private mutating func measureBoot(at now: Timestamp) {
    nextMeasurement = now.later(by: 3600)
    guard let measured = boots.quantile(0.95, at: now) else { return }
    let configured = policy.fleet.boot
    let apart = measured > configured ? measured - configured : configured - measured
    let boot = apart <= policy.timing.interval ? configured : measured
    measuredBoot = boot
    if boot.inSeconds != tempo.boot { tempo = Tempo(policy, boot: boot) }
  }
}
