public import Domain

/// One service's scaling, as a value: what it knows, and what it does when something happens.
///
/// Pure: time, measurements and models are arguments; there is no clock, no randomness, nothing
/// asynchronous and nothing that throws. `serve` feeds it from the world and performs its effects,
/// `simulate` from a model of the world; the decisions are the same because this is all there is.
///
/// The target is the larger of what the forecast and what the observed rate ask for, plus what
/// drains the backlog, sent through the guardrails in their order.
public struct Autoscaler: Sendable {
  public internal(set) var policy: ServicePolicy

  /// Observed rates of the last minute.
  var recent = RecentRate()
  var demand: DemandTracker
  var risk: RiskGovernor
  var watch = SignalWatch()
  /// The demand part over the stabilisation window.
  var wanted = HeldMaximum()
  /// The drain part, held so that replicas that are warming up to solve a backlog are not cancelled
  /// because the projection sees it solved.
  var drains = HeldMaximum()
  var sizes = SizeHistory()
  /// Last known replicas, ready or on their way.
  var lastSize: Int?
  /// Last known ready replicas.
  var lastReady: Int?

  var nextDecision: Int64 = 1
  /// The newest decision that was recorded.
  var lastDecision: Decision?
  /// What the newest tick decided, recorded or not.
  public internal(set) var lastProposal: Decision?
  /// The command that was sent and whose outcome is not known yet.
  var inFlight: ScaleCommand?
  /// What the platform last accepted as our floor; meaningful in mode `floor`.
  var acceptedFloor: Int?
  var override: SizeOverride?
  var isFrozen = false
  /// Nil while another process leads.
  var fencingToken: Int64? = 0

  public init(policy: ServicePolicy) {
    self.policy = policy
    demand = DemandTracker(policy: policy)
    risk = RiskGovernor(policy: policy)
  }

  /// Takes one event and says what to do, in order. O(1) in the length of the past, amortised.
  public mutating func handle(_ event: Event) -> [Effect] {
    switch event {
    case .observed(let observation):
      return observe(observation)
    case .fitted(let fitted):
      demand.adopt(fitted)
      return []
    case .fitFailed(let time, _):
      demand.fitFailed(at: time)
      return []
    case .scaled(let decision, let outcome, let time):
      return settle(decision, outcome, at: time)
    case .overridden(let override, _):
      self.override = override
      return []
    case .frozen(let isFrozen, _):
      self.isFrozen = isFrozen
      return []
    case .configured(let policy, _):
      configure(policy)
      return []
    case .leadershipChanged(let token, _):
      fencingToken = token
      if token == nil { inFlight = nil }
      return []
    }
  }

  /// The newest decision that was recorded: target and reasons as they still stand.
  public var newestDecision: Decision? { lastDecision }

  /// The command that was sent and whose outcome is not known yet.
  public var commandInFlight: ScaleCommand? { inFlight }

  /// The model's view of now, nil while there is no model.
  public var forecast: DemandForecast? { demand.forecast(level: risk.level) }

  private mutating func configure(_ policy: ServicePolicy) {
    let keepsModel = DemandTracker.isCompatible(self.policy, policy)
    self.policy = policy
    demand = keepsModel ? demand.reconfigured(policy) : DemandTracker(policy: policy)
    risk.configure(policy)
  }

  private mutating func observe(_ observation: Observation) -> [Effect] {
    let now = observation.time
    let fleet = fleet(in: observation)
    let factor = policy.eventFactor(at: now - policy.timing.lag)
    if let rate = observation.rate {
      recent.append(rate, at: now)
    } else {
      recent.forget(before: now)
    }
    demand.advance(rate: observation.rate, factor: factor, at: now)
    watch.observe(
      observation.rate, expected: demand.expectedRate.map { $0 * factor }, at: now,
      policy: policy)
    risk.observe(rate: observation.rate, queue: observation.queue, ready: fleet.ready)

    let proposal = propose(observation, fleet: fleet)
    let decision = Decision(
      id: DecisionID(nextDecision), service: policy.id, time: now,
      current: observation.provisioned ?? (policy.hasFleetSignal ? nil : fleet.size),
      target: proposal.target, trail: proposal.trail)
    lastProposal = decision
    var effects = commit(decision, fleet: fleet)
    if let request = demand.fitRequest(at: now, for: policy.id) { effects.append(.fit(request)) }
    return effects
  }

  /// Records what changed and commands what differs.
  private mutating func commit(_ decision: Decision, fleet: FleetView) -> [Effect] {
    let command = command(for: decision, fleet: fleet)
    let changed =
      lastDecision.map {
        $0.target != decision.target || !$0.trail.elementsEqual(decision.trail, by: Rule.isSameKind)
      } ?? true
    guard changed || command != nil else { return [] }
    nextDecision += 1
    lastDecision = decision
    if !policy.hasFleetSignal { lastSize = decision.target }
    var effects: [Effect] = [.record(decision)]
    if let command {
      inFlight = command
      effects.append(.scale(command))
    }
    return effects
  }

  /// The command that makes the platform follow a decision; nil if nothing has to be sent, or may
  /// be: at most one command is on its way, and only the leader of a service that is not merely
  /// observed commands it.
  private func command(for decision: Decision, fleet: FleetView) -> ScaleCommand? {
    guard inFlight == nil, let fencingToken, policy.hasFleetSignal else { return nil }
    // A fleet that was never seen may be larger than anything that demand suggests.
    guard lastSize != nil else { return nil }
    let kind: ScaleCommand.Kind
    switch policy.mode {
    case .observe: return nil
    case .floor:
      guard decision.target != acceptedFloor else { return nil }
      kind = .floor
    case .desired:
      guard decision.target != fleet.size else { return nil }
      kind = .desired
    }
    let validFor = max(policy.timing.interval * 2, .seconds(30))
    return ScaleCommand(
      decision: decision.id, service: policy.id, kind: kind, replicas: decision.target,
      fencingToken: fencingToken, validUntil: decision.time + validFor,
      reason: decision.reason)
  }

  /// A command's outcome frees the way for the next one.
  private mutating func settle(
    _ decision: DecisionID, _ outcome: ScaleOutcome, at time: Timestamp
  ) -> [Effect] {
    guard let command = inFlight, command.decision == decision else { return [] }
    inFlight = nil
    switch outcome {
    case .accepted(let replicas): acceptedFloor = replicas
    case .unchanged: acceptedFloor = command.replicas
    case .refused, .unknown, .notSent: acceptedFloor = nil
    }
    return []
  }
}
