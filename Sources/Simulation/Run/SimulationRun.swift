public import Domain

/// Drives one policy through a world: the order of a step is fleet, controller, service, billing.
///
/// Memory does not depend on the length of the window: demand is generated step by step, and steps
/// whose waits are not known yet stand in a line that is as long as the queue's delay.
struct SimulationRun {
  let world: SimulatedWorld
  /// Spans to keep for the report.
  var worstLimit = 5
  /// Receives each step once its wait is known, in order.
  var onStep: ((StepRecord) -> Void)?
  /// Receives each decision that changes the size.
  var onDecision: ((DecisionRecord) -> Void)?
  /// Receives the forecast of each decision that has one.
  var onOutlook: ((DemandOutlook) -> Void)?

  init(world: SimulatedWorld) {
    self.world = world
  }

  func run(_ policy: inout any SimulatedPolicy) -> RunResult {
    let grid = world.grid
    let perStep = world.fleet.ratePerReplica * grid.dt
    var stream = world.demand.stream()
    var fleet = Fleet(
      ready: world.initialReplicas, boot: world.boot, poolSize: world.fleet.warmPool.size,
      warmBoot: world.warmBoot)
    var queue = FluidQueue(limit: world.fleet.queueLimit)
    var history = StepHistory(lookback: policy.lookback + world.lag + 1)
    var waits = WaitResolver(dt: grid.dt)
    var score = ScoreKeeper(world: world, worstLimit: worstLimit)
    let interval = policy.interval
    var nextTick = 0
    var actions = 0
    var billedSteps = 0
    var pooledSteps = 0
    var capacity = 0.0

    for step in 0..<grid.count {
      fleet.advance(to: step)
      if step == nextTick {
        nextTick += interval
        if step >= world.lag + 1 {
          if control(&policy, at: step, fleet: &fleet, history: history) { actions += 1 }
        }
      }
      let demand = stream.next()
      capacity = Double(fleet.ready) * perStep
      let (served, dropped) = queue.serve(arrivals: demand.arrivals, capacity: capacity)
      history.append(
        ObservedStep(
          arrivals: demand.arrivals, served: served, capacity: capacity, queue: queue.length))
      billedSteps += fleet.provisioned
      let pooled = fleet.pool.size
      pooledSteps += pooled
      let record = StepRecord(
        step: step, rate: demand.rate, arrivals: demand.arrivals, served: served, dropped: dropped,
        queue: queue.length, ready: fleet.ready, pending: fleet.pendingCount,
        need: world.fleet.need(for: demand.rate), wait: 0, pooled: pooled)
      waits.add(record, capacity: capacity) { known in
        score.add(known)
        onStep?(known)
      }
    }
    waits.finish(last: grid.count - 1, capacity: capacity) { known in
      score.add(known)
      onStep?(known)
    }
    let billed = Double(billedSteps) + world.fleet.warmPool.cost * Double(pooledSteps)
    return RunResult(
      scorecard: score.scorecard(
        replicaSeconds: billed * grid.dt, oracleSeconds: world.oracleSeconds, actions: actions),
      worst: score.finishWorst(faults: world.faults, bursts: world.bursts, grid: grid))
  }

  /// One decision; whether it changed the size.
  private func control(
    _ policy: inout any SimulatedPolicy, at step: Int, fleet: inout Fleet, history: StepHistory
  ) -> Bool {
    let view = ControllerView(
      step: step, observed: step - world.lag, dt: world.grid.dt, history: history, fleet: fleet,
      ratePerReplica: world.fleet.ratePerReplica, queueLimit: world.fleet.queueLimit,
      minimum: world.fleet.minimum, maximum: world.fleet.maximum)
    let answer =
      world.faults.losesMetrics(at: step) ? policy.wantInSilence(view) : policy.want(view)
    if let onOutlook, let outlook = policy.outlook(at: step) { onOutlook(outlook) }
    if let pool = policy.pool, pool != fleet.pool.size,
      pool < fleet.pool.size || !world.faults.refusesLaunches(at: step)
    {
      fleet.resizePool(to: pool, at: step, boot: world.faults.boot(world.boot, at: step))
    }
    let target = view.clamped(answer)
    let current = fleet.provisioned
    guard target != current else { return false }
    if target < current || !world.faults.refusesLaunches(at: step) {
      fleet.scale(to: target, at: step, boot: world.faults.boot(world.boot, at: step))
    }
    onDecision?(
      DecisionRecord(
        time: world.grid.time(at: step), step: step, from: current, to: target,
        reason: policy.reason))
    return true
  }
}

/// What a run leaves behind.
struct RunResult: Sendable {
  var scorecard: Scorecard
  var worst: [WorstMoment]
}

/// A decision that changed the size.
public struct DecisionRecord: Sendable, Equatable {
  public var time: Timestamp
  public var step: Int
  /// Serving and booting replicas before and as ordered.
  public var from: Int
  public var to: Int
  public var reason: String
}
