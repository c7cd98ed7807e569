import Domain
import Forecasting

/// The fleet as a decision sees it: what was observed, and where that is unknown, the last that
/// was.
struct FleetView {
  var ready: Int
  /// Ready or on their way.
  var size: Int
  /// When batches on their way will serve, seconds from now, ascending.
  var arrivals: [(seconds: Double, count: Int)]
  var warm: Int
}

/// What the demand asks for, before any guardrail: a reaction to what is seen, and the forecast as a
/// floor under it.
///
/// How the reaction is made depends on whether the forecast is believed: one that decides carries the
/// headroom, and the reaction beside it is made without, so a service may get fewer replicas than it
/// would without a forecast. With the reaction as it is, the floor can only raise the target: no size
/// below falls when `floor` rises, and no guardrail turns the order of two targets round.
struct DemandParts {
  /// Replicas for the upper demand of the lead window; nil without a forecast.
  var floor: Int?
  /// Replicas for the rate that was seen.
  var observed = 0
  /// Replicas for what a burst will have climbed to.
  var climbing = 0
  /// Extra replicas that work off the backlog.
  var drain = 0.0

  /// Replicas for the demand without the backlog.
  var rated: Int { max(floor ?? 0, observed, climbing) }

  /// What the observed rate and the queue alone ask for.
  var needed: Int { Int(replicas: Double(observed) + drain) }
}

// The parts of a decision are `mutating` also where they change nothing: called on a value that is
// being changed, a method that is not gets a copy of the whole of it, which at every tick is a tenth
// of the tick's time.
extension Autoscaler {
  mutating func fleet(in observation: Observation) -> FleetView {
    guard policy.hasFleetSignal else {
      let size = lastSize ?? policy.fleet.min
      return FleetView(ready: size, size: size, arrivals: [], warm: 0)
    }
    if let ready = observation.ready { lastReady = ready }
    if let size = observation.provisioned { lastSize = size }
    let ready = observation.ready ?? lastReady ?? lastSize ?? policy.fleet.min
    return FleetView(
      ready: ready, size: max(ready, lastSize ?? ready), arrivals: arrivals(in: observation),
      warm: observation.warm ?? 0)
  }

  /// Replicas out of the warm pool come sooner than those started before them.
  private mutating func arrivals(in observation: Observation) -> [(seconds: Double, count: Int)] {
    guard let pending = observation.pending, !pending.isEmpty else { return [] }
    var arrivals: [(seconds: Double, count: Int)] = []
    arrivals.reserveCapacity(pending.count)
    var isSorted = true
    for batch in pending {
      let age = Double(observation.time.seconds - batch.since.seconds)
      let seconds = max(0, (batch.isWarm ? tempo.warmBoot : tempo.boot) - age)
      if let last = arrivals.last, last.seconds > seconds { isSorted = false }
      arrivals.append((seconds, batch.count))
    }
    if !isSorted { arrivals.sort { $0.seconds < $1.seconds } }
    return arrivals
  }

  /// What demand asks for, sent through the guardrails.
  mutating func propose(_ observation: Observation, fleet: FleetView) -> Proposal {
    var proposal = Proposal(target: 0, trail: [])
    proposal.trail.reserveCapacity(6)
    let parts = ask(observation, fleet: fleet, trail: &proposal.trail)
    guardTarget(of: &proposal, for: parts, observation, fleet: fleet)
    return proposal
  }

  /// What demand asks for, and in the trail why.
  mutating func ask(
    _ observation: Observation, fleet: FleetView, trail: inout [Rule]
  ) -> DemandParts {
    let floor = forecastPart(at: observation.time, trail: &trail)
    var parts = DemandParts(floor: floor?.replicas)
    parts.observed = observedPart(hasForecast: floor?.decides ?? false, trail: &trail)
    parts.climbing = climbingPart(fleet: fleet, trail: &trail)
    parts.drain = drainPart(
      observation, fleet: fleet, hasForecast: floor?.decides ?? false, trail: &trail)
    return parts
  }

  /// The target that demand asks for, and what the guardrails make of it.
  mutating func guardTarget(
    of proposal: inout Proposal, for parts: DemandParts, _ observation: Observation,
    fleet: FleetView
  ) {
    let now = observation.time
    let rated = braked(max(policy.fleet.min, parts.rated), at: now, trail: &proposal.trail)
    let held = wanted.hold(Double(rated), at: now, window: tempo.stabilization)
    // The tolerance keeps a quotient that should be whole from being rounded up by its last bit.
    proposal.target = Int(replicas: Double(rated) + parts.drain)
    wantsShrink = FleetBreaker.isDeep(from: fleet.size, to: proposal.target)

    let horizon = now.earlier(by: max(tempo.limitPeriod, tempo.swing))
    // A tick that does not see the fleet must not hide a turn that was commanded at the one before.
    sizes.append(
      observation.provisioned ?? foreign.aim ?? fleet.size, at: now, horizon: horizon)
    let stabilized = Int(replicas: held + parts.drain)
    // The sizes of an hour are looked through only where a shrink would come of it.
    let shrinks = max(proposal.target, stabilized) < fleet.size
    let context = GuardrailContext(
      current: fleet.size, missing: missing(in: observation), suspicion: watch.suspicion,
      growthSuspicion: growthSuspicion(observation),
      isRollingOut: observation.isRollingOut ?? false, isShrinkingHeld: isShrinkingHeld,
      foreignSize: foreign.found ?? foreignFloor(in: observation),
      yields: foreign.yieldsUntil != nil, observed: parts.needed, stabilized: stabilized,
      largest: sizes.largest(since: now.earlier(by: tempo.downPeriod)) ?? fleet.size,
      smallest: sizes.smallest(since: now.earlier(by: tempo.upPeriod)) ?? fleet.size,
      swing: shrinks
        ? sizes.swing(since: now.earlier(by: tempo.swing)) : Swing(from: fleet.size),
      override: override.flatMap { now < $0.until ? $0.replicas : nil },
      isFrozen: frozenUntil.map { now < $0 } ?? false)
    Guardrails.apply(to: &proposal, in: context, under: policy)
  }

  /// A floor that somebody else wrote over ours.
  private func foreignFloor(in observation: Observation) -> Int? {
    guard policy.mode == .floor, let changed = observation.changedFloor, !changed.isPlanned
    else { return nil }
    return changed.replicas
  }

  private mutating func growthSuspicion(_ observation: Observation) -> Rule.Suspicion? {
    if starts.holdsGrowth { return .noEffect }
    return feedback.isSuspect(queue: observation.queue, at: observation.time) ? .feedback : nil
  }

  /// Replicas for the upper quantile of the highest demand within the lead window, and whether the
  /// forecast is believed so far that it carries the headroom.
  /// Nil where there is no forecast, or it is not believed at all.
  private mutating func forecastPart(
    at now: Timestamp, trail: inout [Rule]
  ) -> (replicas: Int, decides: Bool)? {
    guard policy.forecast.isEnabled else {
      trail.append(.noForecast(.disabled))
      return nil
    }
    guard let forecast = demand.forecast(level: risk.level) else {
      trail.append(.noForecast(demand.isStale ? .stale : .learning))
      return nil
    }
    let grade = demand.trust.grade
    guard grade != .reactiveOnly else {
      trail.append(.noForecast(.untrusted))
      return nil
    }
    let replicas = Int(replicas: forecast.upper / policy.fleet.ratePerReplica)
    trail.append(
      .forecast(
        replicas: replicas, rate: forecast.upper, level: forecast.level, lead: tempo.lead,
        median: forecast.median))
    if let spent = risk.spentShare { trail.append(.violations(spent: spent)) }
    if forecast.isClamped { trail.append(.suspicious(.forecast, result: replicas)) }
    let decides = grade == .full && !forecast.isClamped
    guard !around.events.isEmpty,
      let (event, factor) = demand.effects.largest(
        around.events, from: now, to: now.later(by: tempo.leadSeconds))
    else { return (replicas, decides) }
    let surge = demand.forecast(level: risk.levelInSurge) ?? forecast
    let lifted = Int(replicas: surge.upper * factor / policy.fleet.ratePerReplica)
    guard lifted > replicas else { return (replicas, decides) }
    trail.append(.event(name: event.name, replicas: lifted))
    return (lifted, decides)
  }

  /// Replicas for the rate that was seen. Without a forecast that decides, the configured headroom
  /// has to carry what comes next; with one its quantile does, and headroom on top would be paid for
  /// twice (at a boot of 60 s it costs 6 to 7 % on smooth traces and avoids nothing that the budget
  /// asks for).
  private mutating func observedPart(hasForecast: Bool, trail: inout [Rule]) -> Int {
    // A policy that only predicts still has to serve while it has nothing to predict with.
    guard policy.scaling.reacts || !hasForecast, let rate = recent.planned else { return 0 }
    let utilization = hasForecast ? 1 : policy.scaling.utilization
    let capacity = policy.fleet.ratePerReplica * utilization
    let replicas = Int(replicas: rate / capacity)
    trail.append(.observed(replicas: replicas, rate: rate))
    return replicas
  }

  /// Replicas for what a burst will have climbed to when those of the warm pool serve. Only where the
  /// newest rate is above what serves already, and with no more than stands by: the answer to a climb
  /// that ends is to stop what was taken, not to wait for a cold start.
  private mutating func climbingPart(fleet: FleetView, trail: inout [Rule]) -> Int {
    guard policy.scaling.reacts, fleet.warm > 0, let newest = recent.entries.last?.rate,
      newest > Double(fleet.ready) * policy.fleet.ratePerReplica,
      let rate = recent.climbed(for: tempo.lag + tempo.interval / 2 + tempo.warmBoot)
    else { return 0 }
    let replicas = min(
      Int(replicas: rate / policy.fleet.ratePerReplica), fleet.size + fleet.warm)
    trail.append(.climbing(replicas: replicas, rate: rate))
    return replicas
  }

  /// Extra replicas that work off the projected backlog within the drain time, held while they
  /// warm up and work.
  private mutating func drainPart(
    _ observation: Observation, fleet: FleetView, hasForecast: Bool, trail: inout [Rule]
  ) -> Double {
    guard policy.scaling.reacts, policy.hasQueueSignal else { return 0 }
    let now = observation.time
    let boot = fleet.warm > 0 ? tempo.warmBoot : tempo.boot
    let ticks = Int64((boot + tempo.drain) / tempo.interval)
    var backlog = 0.0
    // What starts from the pool serves before noise has gone by.
    let lasting = hasForecast && fleet.warm == 0 ? lastingRate() : recent.planned
    if let queue = observation.queue, let rate = lasting {
      let projection = BacklogProjection(
        rate: rate, ratePerReplica: policy.fleet.ratePerReplica,
        queueLimit: policy.fleet.queueLimit)
      backlog = projection.backlog(
        queue: queue, lag: tempo.lag, ready: fleet.ready, arrivals: fleet.arrivals, horizon: boot)
      if queue == 0, backlog == 0, fleet.arrivals.isEmpty { drains.forget() }
    }
    let extra = backlog / (tempo.drain * policy.fleet.ratePerReplica)
    let held = drains.hold(extra, at: now, window: Int64(tempo.interval * Double(ticks)))
    if held > 0 { trail.append(.drain(replicas: Int(replicas: held), backlog: backlog)) }
    return held
  }

  /// What lies below this level is noise. Not the level in force: a deeper one must not ask for less.
  private static let noiseLevel = 0.99

  /// The observed rate as far as it will last while replicas boot, beside a forecast that decides: what
  /// lies within its noise is gone by then and the median stays; what exceeds the upper quantile is
  /// news and lasts. Never falls when the observed rate rises.
  private mutating func lastingRate() -> Double? {
    guard let rate = recent.planned, let forecast = demand.forecast(level: Self.noiseLevel)
    else { return recent.planned }
    let noise = max(0, forecast.upper - forecast.median)
    return min(rate, max(forecast.median, rate - noise))
  }

  /// While the month's budget would not last, headroom is what goes: never what is observed to be
  /// needed.
  private mutating func braked(_ rated: Int, at now: Timestamp, trail: inout [Rule]) -> Int {
    guard let price = policy.price, let budget = price.monthlyBudget,
      let brake = ledger.brake(budget: budget / price.perReplicaHour * 3600, at: now)
    else { return rated }
    let needed = Int(replicas: (recent.planned ?? 0) / policy.fleet.ratePerReplica)
    let result = max(policy.fleet.min, needed, min(rated, brake.affordable))
    if result < rated { trail.append(.budget(spent: brake.spent, result: result)) }
    return result
  }

  private func missing(in observation: Observation) -> MissingSignals {
    var missing: MissingSignals = []
    if observation.rate == nil { missing.insert(.rate) }
    if observation.queue == nil, policy.hasQueueSignal { missing.insert(.queue) }
    if observation.ready == nil, policy.hasFleetSignal { missing.insert(.ready) }
    if observation.pending == nil, policy.hasFleetSignal { missing.insert(.pending) }
    return missing
  }
}

extension Int {
  /// Whole replicas for a fractional need. The tolerance keeps a quotient that should be whole from
  /// being rounded up by its last bit; a need beyond any fleet saturates.
  init(replicas need: Double) {
    guard need < 1e9 else {
      self = 1_000_000_000
      return
    }
    self = need > 0 ? Int((need - 1e-9).rounded(.up)) : 0
  }
}
