import Control
import Domain

extension SimulatedWorld {
  /// What keeping the objective within every burst may cost more than the targets alone.
  private static let worthwhile = 1.05

  /// Recommends a warm pool for the surprises among the bursts.
  ///
  /// First the policy runs with none and with an ample pool: what that does not reach, no pool does.
  /// The smallest that reaches the rest is found by narrowing the sizes between the two. Where our
  /// own policy reaches more with a drain time of 20 seconds, that is recommended too. The answer does
  /// not depend on the number of workers.
  ///
  /// - Parameters:
  ///   - specification: The policy that is to have the pool; this world's own pool does not matter.
  ///   - target: Nil for the objective's queue and 90 seconds.
  /// - Returns: Nil if nothing is a surprise, or the policy has no way to grow.
  /// - Complexity: About two dozen runs; our own policies make each fit once.
  public func standbyAdvice(
    for specification: PolicySpecification, target: StandbyAdvice.Target? = nil,
    workers: Int
  ) async -> StandbyAdvice? {
    let target = target ?? StandbyAdvice.Target(queue: objective.queueMax)
    let ordered = burstsInOrder
    let surprises = zip(ordered, BurstKind.kinds(of: ordered)).enumerated()
      .filter { $0.element.1 == .surprise }.map(\.offset)
    guard !surprises.isEmpty, !specification.kind.isLimit else { return nil }
    let highest = surprises.map { ordered[$0].multiplier }.max() ?? 1
    guard highest > 1 else { return nil }
    // Whatever arrives at once, and as much again for what has queued up.
    let ample = max(1, replicas(for: 2 * peakRate / fleet.ratePerReplica))
    func goals(_ outcome: PolicyOutcome) -> [Bool] {
      surprises.flatMap { target.goals(outcome.scorecard.bursts[$0], rise: ordered[$0].rise) }
    }
    var runs = StandbyRuns(
      world: self, specification: specification, memory: FitMemory(), workers: workers)
    let edges = await runs.outcomes(of: [0, ample])
    guard edges.count == 2 else { return nil }
    let without = edges[0]
    var most = edges[1]
    var drain: Duration?
    if let hasty = specification.draining(within: .seconds(20)) {
      let other = runs.running(hasty)
      if let outcome = await other.outcomes(of: [ample]).first,
        goals(outcome).count(where: { $0 }) > goals(most).count(where: { $0 })
      {
        (runs, most, drain) = (other, outcome, hasty.scaling?.drain)
      }
    }
    let reachable = goals(most)
    func reaches(_ count: Int) -> (PolicyOutcome) -> Bool {
      { outcome in
        zip(goals(outcome), reachable).enumerated()
          .allSatisfy { $0.offset % 3 >= count || $0.element.0 || !$0.element.1 }
      }
    }
    func smallest(_ isEnough: (PolicyOutcome) -> Bool) async -> (size: Int, outcome: PolicyOutcome)
    {
      isEnough(without)
        ? (0, without) : await runs.smallest(above: 0, upTo: (ample, most), where: isEnough)
    }
    // The targets, and the objective within each burst as well, unless that is what is dear.
    var best = await smallest(reaches(2))
    let all = await smallest(reaches(3))
    if all.outcome.scorecard.replicaSeconds <= Self.worthwhile
      * best.outcome.scorecard.replicaSeconds
    {
      best = all
    }
    let pool = fleet.warmPool
    let equipped = with(FleetModel.WarmPool(size: ample, boot: pool.boot, cost: pool.cost))
    return StandbyAdvice(
      policy: specification.name, target: target, size: best.size, boot: pool.boot,
      cost: pool.cost, drain: best.size > 0 ? drain : nil,
      bursts: surprises.map { index in
        let score = best.outcome.scorecard.bursts[index]
        let least = most.scorecard.bursts[index]
        return StandbyAdvice.Burst(
          score: score, isKept: target.isKept(by: score, rise: ordered[index].rise),
          leastQueue: least.peakQueue, leastTimeToCapacity: least.timeToCapacity,
          arithmetic: BurstArithmetic(least, rise: ordered[index].rise, world: equipped))
      }, outcome: best.outcome, without: without)
  }
}

extension PolicySpecification {
  /// The same policy with a shorter drain time; nil if it has none or is that fast already.
  fileprivate func draining(within drain: Duration) -> PolicySpecification? {
    guard kind.isOurs else { return nil }
    var scaling = scaling ?? ScalingPolicy()
    guard scaling.reacts, kind != .predictive, scaling.drain > drain else { return nil }
    scaling.drain = drain
    var hasty = self
    hasty.scaling = scaling
    return hasty
  }
}

/// Runs one policy with pools of different sizes.
private struct StandbyRuns {
  let world: SimulatedWorld
  var specification: PolicySpecification
  let memory: FitMemory
  let workers: Int

  /// Pools that are tried at once; fixed, so that the answer does not depend on the machine.
  private static let probes = 2

  func running(_ specification: PolicySpecification) -> StandbyRuns {
    var runs = self
    runs.specification = specification
    return runs
  }

  /// The smallest size with an outcome that `isEnough`, if sizes from some point on are.
  ///
  /// - Parameter most: A size that is enough, with its outcome.
  func smallest(
    above few: Int, upTo most: (size: Int, outcome: PolicyOutcome),
    where isEnough: (PolicyOutcome) -> Bool
  ) async -> (size: Int, outcome: PolicyOutcome) {
    var tooFew = few
    var best = most
    while best.size - tooFew > 1 {
      let inside = best.size - tooFew - 1
      let count = min(Self.probes, inside)
      let sizes = (1...count).map { tooFew + $0 * (inside + 1) / (count + 1) }
      let outcomes = await outcomes(of: sizes)
      if let first = outcomes.firstIndex(where: isEnough) {
        if first > 0 { tooFew = sizes[first - 1] }
        best = (sizes[first], outcomes[first])
      } else {
        tooFew = sizes[sizes.count - 1]
      }
    }
    return best
  }

  func outcomes(of sizes: [Int]) async -> [PolicyOutcome] {
    let pool = world.fleet.warmPool
    return await withTaskGroup(of: (Int, PolicyOutcome).self) { group in
      var outcomes = [PolicyOutcome?](repeating: nil, count: sizes.count)
      var next = 0
      func startNext() {
        guard next < sizes.count else { return }
        let index = next
        next += 1
        let equipped = world.with(
          FleetModel.WarmPool(size: sizes[index], boot: pool.boot, cost: pool.cost))
        let (specification, memory) = (specification, memory)
        group.addTask { (index, equipped.run(specification, memory: memory)) }
      }
      for _ in 0..<max(1, workers) { startNext() }
      for await (index, outcome) in group {
        outcomes[index] = outcome
        startNext()
      }
      return outcomes.compactMap { $0 }
    }
  }
}
