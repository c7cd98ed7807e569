import Control
import Domain

/// Our own decision core in the simulated world: the very `Autoscaler` that `serve` runs, fed with
/// the same events and obeyed in the same effects.
///
/// What differs from `serve` is only where things come from: observations from the simulated fleet,
/// command outcomes from a platform that accepts, and fits that are computed at once and delivered
/// `fitDuration` later. A first model, fitted on history, is there when the window begins.
struct AutoscalerPolicy: SimulatedPolicy {
  /// What a fit takes between its request and the event with its result.
  static let fitDuration: Duration = .seconds(15)

  let interval: Int
  private(set) var autoscaler: Autoscaler
  private let service: ServicePolicy
  private let grid: StepGrid
  private var floor: (any ReplicaFloor)?
  /// The past at the step of the model, where there is to be one.
  private var bins: RateBins?
  /// Fits shared with other runs, where they may be.
  private let memory: FitMemory?
  /// A fit that was computed and is not delivered yet.
  private var fit: Event?
  private(set) var pool: Int?
  /// Every event handled, in order, where a journal is kept.
  private(set) var journal: [Event]?

  /// Nil if the policy's name cannot name a service, which `Scenario.validate` refuses.
  init?(
    _ specification: PolicySpecification, world: SimulatedWorld, memory: FitMemory? = nil,
    keepsJournal: Bool = false
  ) {
    guard let service = specification.servicePolicy(in: world) else { return nil }
    self.service = service
    self.memory = memory
    autoscaler = Autoscaler(policy: service)
    interval = world.tick
    grid = world.grid
    floor = specification.floor.map { GivenFloor(values: $0) }
    if service.forecast.isEnabled {
      bins = RateBins(
        demand: world.demand, width: DemandFitting.step(for: service), bridgesGaps: false,
        kept: service.forecast.history)
    }
    journal = keepsJournal ? [] : nil
    if let bins, bins.count > 0 {
      _ = handle(
        answer(
          from: grid.start - service.forecast.history, to: grid.start, at: grid.start,
          boot: service.fleet.boot, isFirst: true))
    }
  }

  var lookback: Int { max(RateBins.lookback(interval: interval), floor?.lookback ?? 0) }

  mutating func want(_ view: ControllerView) -> Int {
    bins?.observe(view)
    var observation = ownFleet(view)
    observation.rate = view.rate(over: interval)
    observation.queue = view.queue
    return decide(observation, view)
  }

  mutating func wantInSilence(_ view: ControllerView) -> Int {
    bins?.miss(through: view.observed)
    return decide(ownFleet(view), view)
  }

  /// What the platform shows, which it does whether or not there are metrics.
  private func ownFleet(_ view: ControllerView) -> Observation {
    Observation(
      time: grid.time(at: view.step), ready: view.ready,
      pending: pending(view), warm: view.warm)
  }

  private func pending(_ view: ControllerView) -> [PendingBatch] {
    let fleet = view.fleet
    var batches = fleet.pending
    guard !batches.isEmpty else { return [] }
    // They come by when they become ready: nearly always that is by their start.
    let isAscending = zip(batches, batches.dropFirst()).allSatisfy { $0.started <= $1.started }
    if !isAscending { batches.sort { $0.started < $1.started } }
    return batches.map {
      PendingBatch(
        count: $0.count, since: grid.time(at: $0.started),
        isWarm: fleet.warmBoot < fleet.boot && $0.ready - $0.started == fleet.warmBoot)
    }
  }

  private mutating func decide(_ observation: Observation, _ view: ControllerView) -> Int {
    if let due = fit, due.time <= observation.time {
      fit = nil
      _ = handle(due)
    }
    var target = view.current
    for effect in handle(.observed(observation)) {
      switch effect {
      case .record, .plan: continue
      case .scale(let command) where command.kind == .warmPool:
        pool = command.replicas
        _ = handle(
          .scaled(command.decision, .accepted(replicas: command.replicas), at: observation.time))
      case .scale(let command):
        target = view.clamped(command.replicas)
        _ = handle(
          .scaled(command.decision, .accepted(replicas: target), at: observation.time))
      case .fit(let request):
        fit = answer(
          from: request.from, to: request.time, at: observation.time + Self.fitDuration,
          boot: request.boot, isFirst: request.isFirst)
      }
    }
    guard let raised = floor?.replicas(view) else { return target }
    return max(target, replicas(for: raised))
  }

  private mutating func handle(_ event: Event) -> [Effect] {
    journal?.append(event)
    return autoscaler.handle(event)
  }

  /// The event with the result of a fit on what was seen between two instants.
  private func answer(
    from first: Timestamp, to last: Timestamp, at time: Timestamp, boot: Duration, isFirst: Bool
  ) -> Event {
    func fit() -> Event {
      let history =
        bins?.series.slice(from: first, to: last)
        ?? TimeSeries(start: first, step: DemandFitting.step(for: service), values: [])
      let result = DemandFitting.fit(
        history, policy: service, deliveredAt: time, boot: boot, isFirst: isFirst)
      return switch result {
      case .success(let fitted): .fitted(fitted)
      case .failure(let failure): .fitFailed(at: time, reason: failure.description)
      }
    }
    return memory?.answer(
      upTo: last, deliveredAt: time, boot: boot, isFirst: isFirst, fit: fit) ?? fit()
  }

  var reason: String { autoscaler.lastProposal?.reason ?? "" }
}

extension PolicySpecification {
  /// What would be configured for a service in this world. The violation budget runs over the
  /// evaluated window. Nil if the name cannot name a service.
  func servicePolicy(in world: SimulatedWorld) -> ServicePolicy? {
    guard let id = ServiceID(name) else { return nil }
    var forecast = forecast ?? ForecastPolicy()
    if kind == .reactive { forecast.isEnabled = false }
    var scaling = scaling ?? ScalingPolicy()
    if kind == .predictive { scaling.reacts = false }
    var objective = world.objective
    objective.window = world.grid.step * world.grid.count
    let start = world.grid.start
    let events = world.demand.calendar.enumerated().map { index, burst in
      AnnouncedEvent(
        name: "burst \(index + 1)", from: start + burst.start + burst.rise,
        to: start + burst.start + burst.rise + burst.hold, uplift: burst.multiplier,
        rise: burst.rise, fall: burst.fall)
    }
    let fleet = world.fleet
    return ServicePolicy(
      id: id, mode: .desired,
      fleet: FleetPolicy(
        ratePerReplica: fleet.ratePerReplica, boot: fleet.boot, min: fleet.minimum,
        max: fleet.maximum, queueLimit: fleet.queueLimit, warmBoot: fleet.warmPool.boot,
        standby: fleet.warmPool.standby),
      timing: world.control, objective: objective, forecast: forecast, scaling: scaling,
      price: world.price, events: events)
  }
}
