import Domain
import Forecasting

// `mutating` where nothing changes: see the proposal.
extension Autoscaler {
  /// Records what changed and commands what differs.
  mutating func commit(_ decision: Decision, fleet: FleetView) -> [Effect] {
    let command = command(for: decision, fleet: fleet)
    guard command != nil || !repeats(decision) else { return [] }
    nextDecision += 1
    lastDecision = decision
    if !policy.hasFleetSignal { lastSize = decision.target }
    var effects: [Effect] = [.record(decision)]
    if let command {
      inFlight = command
      starts.commanded(command.replicas, from: fleet.size)
      effects.append(.scale(command))
    }
    return effects
  }

  /// Whether a decision says what the newest recorded one said, for reasons of the same kinds.
  private mutating func repeats(_ decision: Decision) -> Bool {
    guard let last = lastDecision, last.target == decision.target,
      last.trail.count == decision.trail.count
    else { return false }
    for index in decision.trail.indices
    where decision.trail[index].kind != last.trail[index].kind { return false }
    return true
  }

  /// The command that makes the platform follow a decision; nil if nothing has to be sent, or may
  /// be: at most one command is on its way, and only the leader of a service that is not merely
  /// observed commands it.
  private mutating func command(for decision: Decision, fleet: FleetView) -> ScaleCommand? {
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
    guard refusals.allow(decision.target, at: decision.time) else { return nil }
    return ScaleCommand(
      decision, kind: kind, replicas: decision.target, fencingToken: fencingToken,
      validUntil: validity(of: decision))
  }

  private mutating func validity(of decision: Decision) -> Timestamp {
    decision.time.later(by: max(2 * demand.intervalSeconds, 30))
  }

  /// A command's outcome frees the way for the next one.
  mutating func settle(_ decision: DecisionID, _ outcome: ScaleOutcome, at time: Timestamp) {
    if let command = pool.inFlight, command.decision == decision {
      pool.inFlight = nil
      switch outcome {
      case .accepted, .unchanged: pool.size = command.replicas
      // What is refused is not asked for again until something else is wanted.
      case .refused: pool.size = command.replicas
      case .unknown, .notSent: break
      }
      return
    }
    guard let command = inFlight, command.decision == decision else { return }
    inFlight = nil
    switch outcome {
    case .accepted, .unchanged: refusals.accepted()
    case .refused: refusals.refused(command.replicas, at: time)
    case .unknown, .notSent: break
    }
    switch outcome {
    case .accepted(let replicas):
      acceptedFloor = replicas
      if command.kind == .desired {
        foreign.accepted(replicas)
        // Should the fleet not be seen at the next tick, it is not taken for smaller than this.
        lastSize = max(lastSize ?? 0, replicas)
      }
    case .unchanged:
      acceptedFloor = command.replicas
      if command.kind == .desired { foreign.accepted(command.replicas) }
    case .refused, .unknown, .notSent: acceptedFloor = nil
    }
  }

  /// On a tick that changes nothing else: the size of the pool that stands by, as a decision of its
  /// own.
  mutating func stand(
    by standby: StandbyPolicy, _ decision: Decision, fleet: FleetView
  ) -> [Effect] {
    guard pool.inFlight == nil, let fencingToken, policy.hasFleetSignal, policy.mode != .observe,
      let rate = recent.planned
    else { return [] }
    let deeper =
      demand.trust.grade == .reactiveOnly
      ? nil
      : demand.forecast(
        level: 1 - standby.cost * (1 - risk.level))
    let beyond = deeper.map {
      Int(replicas: $0.upper / policy.fleet.ratePerReplica) - decision.target
    }
    let wanted = pool.want(
      rate: max(rate, demand.forecast(level: 0.5)?.median ?? 0), beyond: beyond, policy: policy,
      standby: standby, at: decision.time)
    guard wanted != pool.size else { return [] }
    var record = decision
    record.id = DecisionID(nextDecision)
    record.trail.append(
      .warmPool(replicas: wanted, rate: rate * (standby.burst ?? 1)))
    nextDecision += 1
    lastDecision = record
    let command = ScaleCommand(
      record, kind: .warmPool, replicas: wanted, fencingToken: fencingToken,
      validUntil: validity(of: record))
    pool.inFlight = command
    return [.record(record), .scale(command)]
  }

  /// Once an hour, and after each fit: the next day's floors, for a platform that can hold them. A
  /// service without a season leaves the lower bound in place of what was planned before.
  mutating func plan(at now: Timestamp) -> FloorPlan? {
    guard policy.holdsPlans, policy.mode != .observe, let fencingToken,
      now >= nextPlan ?? now, demand.isEnabled, demand.fittedAt != nil
    else { return nil }
    nextPlan = now.later(by: 3600)
    var floors: [ScheduledFloor] = []
    if let outlook = demand.outlook {
      floors = FloorPlanning.floors(
        outlook, policy: policy, events: around.events, effects: demand.effects,
        boot: measuredBoot ?? policy.fleet.boot)
    }
    if floors.isEmpty { floors = [ScheduledFloor(from: now, replicas: policy.fleet.min)] }
    return FloorPlan(
      service: policy.id, time: now, floors: floors, fencingToken: fencingToken)
  }
}
