import Control
import Domain

extension PolicySpecification {
  /// The policy as it starts the run; nil for the oracles, which are no policies.
  ///
  /// - Complexity: Kinds with a forecast of their own are fitted on the world's history here.
  func policy(in world: SimulatedWorld, memory: FitMemory? = nil) -> (any SimulatedPolicy)? {
    switch kind {
    case .oracle, .oracleBudget: nil
    case .hybrid, .reactive, .predictive: AutoscalerPolicy(self, world: world, memory: memory)
    case .static: staticFleet(in: world)
    case .hpaCPU: pods(in: world, metric: .cpu, window: .seconds(30))
    case .hpaRPS, .phpa, .crane: pods(in: world, metric: .requestRate, window: .seconds(60))
    case .kedaQueue:
      pods(in: world, metric: .queueLength, every: .seconds(30), window: .seconds(30), target: 1)
    case .targetTracking, .awsPredictive: tracking(in: world)
    case .phpaAsShipped: predictivePods(in: world)
    case .kpa: knative(in: world)
    case .referenceHybrid, .perfect: law(in: world)
    }
  }

  private func givenFloor() -> (any ReplicaFloor)? {
    floor.map { GivenFloor(values: $0) }
  }

  private func staticFleet(in world: SimulatedWorld) -> StaticFleet {
    StaticFleet(
      interval: world.tick, replicas: replicas ?? peakReplicas(in: world), floor: givenFloor())
  }

  /// 1.2 times what the busiest five minutes of history need; the start's size without history.
  private func peakReplicas(in world: SimulatedWorld) -> Int {
    let history = world.demand.history(width: .seconds(300))
    guard let peak = history.values.max() else { return world.initialReplicas }
    return Int((1.2 * peak / world.fleet.ratePerReplica).rounded(.up))
  }

  private func pods(
    in world: SimulatedWorld, metric: HorizontalPodAutoscaler.Metric,
    every: Duration = .seconds(15), window defaultWindow: Duration,
    target defaultTarget: Double = 0.7
  ) -> HorizontalPodAutoscaler {
    let grid = world.grid
    let period = grid.period(interval ?? every)
    let target = target ?? defaultTarget
    return HorizontalPodAutoscaler(
      metric: metric, interval: period, window: grid.period(window ?? defaultWindow),
      target: target, tolerance: tolerance ?? 0.1,
      stabilization: grid.steps(stabilization ?? .seconds(300)),
      floor: forecastFloor(in: world, interval: period, target: target))
  }

  /// The kind's own forecast, a given floor, or the higher of the two.
  private func forecastFloor(
    in world: SimulatedWorld, interval: Int, target: Double
  ) -> (any ReplicaFloor)? {
    let perReplica = world.fleet.ratePerReplica * target
    let own: (any ReplicaFloor)? =
      switch kind {
      case .phpa:
        HoltWintersFloor(
          demand: world.demand, boot: world.boot, interval: interval, perReplica: perReplica)
      case .crane:
        HarmonicFloor(
          demand: world.demand, boot: world.boot, interval: interval, perReplica: perReplica)
      case .awsPredictive:
        HourlyProfileFloor(
          demand: world.demand, buffer: max(world.boot, world.grid.steps(.seconds(300))),
          interval: interval, perReplica: perReplica)
      case .perfect: PerfectFloor(world: world, interval: interval)
      default: nil
      }
    guard let own else { return givenFloor() }
    guard let given = givenFloor() else { return own }
    return HigherFloor(first: own, second: given)
  }

  private func tracking(in world: SimulatedWorld) -> TargetTracking {
    let grid = world.grid
    let period = grid.period(interval ?? .seconds(60))
    let target = target ?? 0.7
    return TargetTracking(
      interval: period, window: grid.period(window ?? .seconds(60)), target: target,
      warmUp: world.boot, floor: forecastFloor(in: world, interval: period, target: target))
  }

  private func predictivePods(in world: SimulatedWorld) -> PredictivePodAutoscaler {
    let grid = world.grid
    return PredictivePodAutoscaler(
      interval: grid.period(interval ?? .seconds(15)),
      window: grid.period(window ?? .seconds(60)), target: target ?? 0.7,
      tolerance: tolerance ?? 0.1, stabilization: grid.steps(stabilization ?? .seconds(300)),
      growthPeriod: grid.period(.seconds(60)), floor: givenFloor())
  }

  private func knative(in world: SimulatedWorld) -> KnativeAutoscaler {
    let grid = world.grid
    let stable = window ?? .seconds(60)
    return KnativeAutoscaler(
      interval: grid.period(interval ?? .seconds(2)), stableWindow: grid.period(stable),
      panicWindow: grid.period(stable / 10),
      perReplica: world.fleet.ratePerReplica * (target ?? 0.7), floor: givenFloor())
  }

  private func law(in world: SimulatedWorld) -> ReferenceHybrid {
    let grid = world.grid
    let drain = drain ?? .seconds(60)
    let intervals = grid.steps(world.fleet.boot + drain) / world.tick
    return ReferenceHybrid(
      interval: world.tick, window: grid.period(window ?? .seconds(60)),
      fastWindow: grid.period(.seconds(15)),
      // With a perfect floor any headroom on what was observed would only add cost.
      utilization: utilization ?? (kind == .perfect ? 1 : 0.9), drain: drain.inSeconds,
      hold: grid.steps(hold ?? .seconds(60)), drainHold: intervals * world.tick, lag: world.lag,
      boot: world.boot, warmBoot: world.warmBoot,
      floor: forecastFloor(in: world, interval: world.tick, target: 1))
  }
}
