import Domain

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

extension Autoscaler {
  mutating func fleet(in observation: Observation) -> FleetView {
    let now = observation.time
    guard policy.hasFleetSignal else {
      let size = lastSize ?? policy.fleet.min
      return FleetView(ready: size, size: size, arrivals: [], warm: 0)
    }
    if let ready = observation.ready { lastReady = ready }
    if let size = observation.provisioned { lastSize = size }
    let ready = observation.ready ?? lastReady ?? lastSize ?? policy.fleet.min
    let boot = policy.fleet.boot
    let arrivals = (observation.pending ?? []).map { batch in
      (seconds: max(0, (batch.since + boot).since(now).inSeconds), count: batch.count)
    }
    return FleetView(
      ready: ready, size: max(ready, lastSize ?? ready),
      arrivals: arrivals.sorted { $0.seconds < $1.seconds }, warm: observation.warm ?? 0)
  }

  /// What demand asks for, sent through the guardrails.
  mutating func propose(_ observation: Observation, fleet: FleetView) -> Proposal {
    let now = observation.time
    var trail: [Rule] = []
    trail.reserveCapacity(6)
    let forecast = forecastPart(at: now, trail: &trail)
    let observed = observedPart(hasForecast: forecast != nil, trail: &trail)
    let rated = max(policy.fleet.min, max(forecast ?? 0, observed))
    let held = wanted.hold(Double(rated), at: now, window: policy.scaling.stabilization)
    let drain = drainPart(observation, fleet: fleet, trail: &trail)
    // The tolerance keeps a quotient that should be whole from being rounded up by its last bit.
    let demanded = Int(replicas: Double(rated) + drain)
    let stabilized = Int(replicas: held + drain)

    sizes.append(fleet.size, at: now, horizon: now - limitPeriod)
    let context = GuardrailContext(
      policy: policy, now: now, current: fleet.size, missing: missing(in: observation),
      suspicion: watch.suspicion, sizes: sizes, override: override, isFrozen: isFrozen,
      stabilized: stabilized)
    return Guardrails.apply(to: Proposal(target: demanded, trail: trail), in: context)
  }

  /// Replicas for the upper quantile of the highest demand within the lead window.
  /// Nil where there is no forecast.
  private func forecastPart(at now: Timestamp, trail: inout [Rule]) -> Int? {
    guard policy.forecast.isEnabled else {
      trail.append(.noForecast(.disabled))
      return nil
    }
    guard let forecast = demand.forecast(level: risk.level) else {
      trail.append(.noForecast(.learning))
      return nil
    }
    let lead = policy.leadWindow
    let replicas = Int(replicas: forecast.upper / policy.fleet.ratePerReplica)
    trail.append(
      .forecast(
        replicas: replicas, rate: forecast.upper, level: forecast.level, lead: lead,
        median: forecast.median))
    guard let (event, factor) = policy.largestEvent(from: now, to: now + lead) else {
      return replicas
    }
    let lifted = Int(replicas: forecast.upper * factor / policy.fleet.ratePerReplica)
    guard lifted > replicas else { return replicas }
    trail.append(.event(name: event.name, replicas: lifted))
    return lifted
  }

  /// Replicas for the rate that was seen. Without a forecast the configured headroom has to carry
  /// what comes next; with one its quantile does, and headroom on top would be paid for twice (at a
  /// boot of 60 s it costs 6 to 7 % on smooth traces and avoids nothing that the budget asks for).
  private func observedPart(hasForecast: Bool, trail: inout [Rule]) -> Int {
    // A policy that only predicts still has to serve while it has nothing to predict with.
    guard policy.scaling.reacts || !hasForecast, let rate = recent.planned else { return 0 }
    let utilization = hasForecast ? 1 : policy.scaling.utilization
    let capacity = policy.fleet.ratePerReplica * utilization
    let replicas = Int(replicas: rate / capacity)
    trail.append(.observed(replicas: replicas, rate: rate))
    return replicas
  }

  /// Extra replicas that work off the projected backlog within the drain time, held while they
  /// warm up and work.
  private mutating func drainPart(
    _ observation: Observation, fleet: FleetView, trail: inout [Rule]
  ) -> Double {
    guard policy.scaling.reacts, policy.hasQueueSignal else { return 0 }
    let now = observation.time
    let boot = fleet.warm > 0 ? policy.fleet.warmBoot : policy.fleet.boot
    let drain = policy.scaling.drain
    let interval = policy.timing.interval
    let ticks = Int((boot + drain).inSeconds / interval.inSeconds)
    var backlog = 0.0
    if let queue = observation.queue, let rate = recent.planned {
      let projection = BacklogProjection(
        rate: rate, ratePerReplica: policy.fleet.ratePerReplica,
        queueLimit: policy.fleet.queueLimit)
      backlog = projection.backlog(
        queue: queue, lag: policy.timing.lag.inSeconds, ready: fleet.ready,
        arrivals: fleet.arrivals, horizon: boot.inSeconds)
      if queue == 0, backlog == 0, fleet.arrivals.isEmpty { drains.forget() }
    }
    let extra = backlog / (drain.inSeconds * policy.fleet.ratePerReplica)
    let held = drains.hold(extra, at: now, window: interval * ticks)
    if held > 0 { trail.append(.drain(replicas: Int(replicas: held), backlog: backlog)) }
    return held
  }

  private func missing(in observation: Observation) -> [Rule.Signal] {
    var missing: [Rule.Signal] = []
    if observation.rate == nil { missing.append(.rate) }
    if observation.queue == nil, policy.hasQueueSignal { missing.append(.queue) }
    if observation.ready == nil, policy.hasFleetSignal { missing.append(.ready) }
    if observation.pending == nil, policy.hasFleetSignal { missing.append(.pending) }
    return missing
  }

  private var limitPeriod: Duration {
    max(policy.scaling.up?.period ?? .zero, policy.scaling.down?.period ?? .zero)
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

extension ServicePolicy {
  /// The product of all announced events' multipliers at an instant.
  func eventFactor(at time: Timestamp) -> Double {
    events.reduce(1) { $0 * $1.factor(at: time) }
  }

  /// The announced event that lifts demand most within `[from, to]`, with its full multiplier: the
  /// whole fleet has to be ready at the first minute of the ramp.
  func largestEvent(from: Timestamp, to: Timestamp) -> (event: AnnouncedEvent, factor: Double)? {
    let active = events.filter { $0.from <= to && from < $0.to && $0.uplift > 1 }
    guard let largest = active.max(by: { $0.uplift < $1.uplift }) else { return nil }
    return (largest, active.reduce(1) { $0 * $1.uplift })
  }
}

extension Rule {
  /// Whether two trail entries are of one kind, whatever their numbers.
  static func isSameKind(_ left: Rule, _ right: Rule) -> Bool {
    left.kind == right.kind
  }
}
