import Control

/// Plays a schedule that was made with perfect knowledge, so that it can stand beside the policies.
struct OracleRun {
  let world: SimulatedWorld
  var onStep: ((StepRecord) -> Void)?

  /// Spans that do not fit into the budget and are passed over, at most.
  private static let rounds = 6

  /// The zero-wait oracle: in every step what is needed serves, and what is needed within a boot
  /// time is kept or boots. It serves the fluid need, so Poisson arrivals above it may wait and are
  /// reported.
  func zeroWait() -> RunResult {
    let fleet = world.fleet
    var stream = world.demand.stream()
    return play { fleet.need(for: stream.next().rate) }
  }

  /// The least cost found within the objective's violation budget, and the cost that no schedule
  /// within it goes below, both in replica-seconds.
  ///
  /// - Complexity: Keeps the whole window; seconds for two weeks.
  func withinBudget() -> (result: RunResult, bound: Double) {
    var stream = world.demand.stream()
    let arrivals = (0..<world.grid.count).map { _ in stream.next().arrivals }
    let budget = BudgetSchedule(world: world, arrivals: arrivals)
    var best = RunResult(scorecard: Scorecard(), worst: [])
    var chosen: [BudgetSchedule.Span] = []
    func fits(_ spans: [BudgetSchedule.Span]) -> Bool {
      var next = budget.schedule(spans).makeIterator()
      let result = OracleRun(world: world).play { next.next() ?? 0 }
      guard spans.isEmpty || result.scorecard.violation <= world.objective.violation else {
        return false
      }
      best = result
      chosen = spans
      return true
    }
    _ = fits([])
    // The estimate of a span's violations leaves out its neighbours, so the scorecard decides: as
    // many of the best as fit; then the one that did not is passed over, and on.
    var left = budget.spans()[...]
    for _ in 0..<Self.rounds where !left.isEmpty {
      var (few, many) = (0, left.count + 1)
      let base = chosen
      while many - few > 1 {
        let tried = few == 0 && many == left.count + 1 ? left.count : (few + many) / 2
        if fits(base + left.prefix(tried)) { few = tried } else { many = tried }
      }
      left = left.dropFirst(few + 1)
    }
    if onStep != nil {
      var next = budget.schedule(chosen).makeIterator()
      best = play { next.next() ?? 0 }
    }
    return (best, bound(arrivals))
  }

  private func bound(_ arrivals: [Double]) -> Double {
    let pool = world.fleet.warmPool
    let boot = pool.size > 0 ? min(world.boot, world.warmBoot) : world.boot
    let always = Double(world.fleet.minimum * world.grid.count) * world.grid.dt
    return [30.0, 60, 150].map { seconds in
      BudgetBound(
        arrivals: arrivals, dt: world.grid.dt, ratePerReplica: world.fleet.ratePerReplica,
        slo: world.slo, boot: boot,
        width: max(1, Int(seconds / world.grid.dt))
      ).replicaSeconds(budget: world.objective.violation)
    }.reduce(always) { max($0, $1) }
  }

  /// Runs the serving replicas that `next` gives for each step; they cost what keeping or rebooting
  /// each of them costs at least.
  private func play(_ next: () -> Int) -> RunResult {
    let grid = world.grid
    let perStep = world.fleet.ratePerReplica * grid.dt
    var stream = world.demand.stream()
    var cost = ZeroWaitOracle(boot: world.boot)
    var ahead = BootAhead(boot: world.boot, count: grid.count)
    var queue = FluidQueue(limit: world.fleet.queueLimit)
    var waits = WaitResolver(dt: grid.dt)
    var score = ScoreKeeper(world: world, worstLimit: 5)
    var actions = 0
    var last: Int?
    var capacity = 0.0
    for step in 0..<grid.count {
      let (serving, provisioned) = ahead.at(step, next)
      cost.add(need: serving)
      if let last, last != provisioned { actions += 1 }
      last = provisioned
      let demand = stream.next()
      capacity = Double(serving) * perStep
      let (served, dropped) = queue.serve(arrivals: demand.arrivals, capacity: capacity)
      let record = StepRecord(
        step: step, rate: demand.rate, arrivals: demand.arrivals, served: served, dropped: dropped,
        queue: queue.length, ready: serving, pending: provisioned - serving,
        need: world.fleet.need(for: demand.rate), wait: 0)
      waits.add(record, capacity: capacity) { known in
        score.add(known)
        onStep?(known)
      }
    }
    waits.finish(last: grid.count - 1, capacity: capacity) { known in
      score.add(known)
      onStep?(known)
    }
    return RunResult(
      scorecard: score.scorecard(
        replicaSeconds: Double(cost.replicaSteps) * grid.dt, oracleSeconds: world.oracleSeconds,
        actions: actions),
      worst: score.finishWorst(faults: world.faults, bursts: world.bursts, grid: grid))
  }
}

/// Reads a schedule one boot time ahead: what will serve by then is booting now, or was kept.
private struct BootAhead {
  private let boot: Int
  private let count: Int
  private var line: [Int] = []
  private var head = 0
  private var reached = 0
  private var largest: HeldMaximum<Int>

  init(boot: Int, count: Int) {
    self.boot = boot
    self.count = count
    largest = HeldMaximum(window: boot)
  }

  mutating func at(_ step: Int, _ next: () -> Int) -> (serving: Int, provisioned: Int) {
    while reached <= min(step + boot, count - 1) {
      let serving = next()
      line.append(serving)
      _ = largest.add(serving, at: reached)
      reached += 1
    }
    let serving = line[head]
    head += 1
    if head > 4096 {
      line.removeFirst(head)
      head = 0
    }
    return (serving, largest.maximum(at: step + boot))
  }
}
