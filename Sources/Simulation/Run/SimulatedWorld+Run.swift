import Control

extension SimulatedWorld {
  /// Runs one policy through the whole window.
  ///
  /// - Parameters:
  ///   - onStep: Receives each step once its wait is known, in order: the rows of a series file.
  ///   - onDecision: Receives each decision that changed the size.
  /// - Complexity: O(steps). Memory does not grow with the window; only `oracle-budget` keeps the
  ///   window's needs.
  public func run(
    _ specification: PolicySpecification, onStep: ((StepRecord) -> Void)? = nil,
    onDecision: ((DecisionRecord) -> Void)? = nil
  ) -> PolicyOutcome {
    var simulation = SimulationRun(world: self)
    simulation.onStep = onStep
    simulation.onDecision = onDecision
    if var policy = specification.policy(in: self) {
      return outcome(of: simulation.run(&policy), for: specification)
    }
    let oracle = OracleRun(world: self, onStep: onStep)
    guard specification.kind == .oracleBudget else {
      return outcome(of: oracle.zeroWait(), for: specification)
    }
    let (result, bound) = oracle.withinBudget()
    var outcome = outcome(of: result, for: specification)
    if oracleSeconds > 0 { outcome.certifiedBound = bound / oracleSeconds }
    return outcome
  }

  private func outcome(
    of result: RunResult, for specification: PolicySpecification
  ) -> PolicyOutcome {
    PolicyOutcome(
      name: specification.name, kind: specification.kind, scorecard: result.scorecard,
      cost: price.map { $0.perReplicaHour * result.scorecard.replicaHours },
      currency: price?.currency,
      isWithinObjective: result.scorecard.violation <= objective.violation, worst: result.worst)
  }

  /// Runs every policy, at most `workers` at a time; the outcomes keep the order given and do not
  /// depend on the number of workers.
  ///
  /// - Parameter progress: Called after each policy with how many have ended.
  public func runAll(
    _ specifications: [PolicySpecification], workers: Int,
    progress: (@Sendable (Int) -> Void)? = nil
  ) async -> [PolicyOutcome] {
    await withTaskGroup(of: (Int, PolicyOutcome).self) { group in
      var outcomes = [PolicyOutcome?](repeating: nil, count: specifications.count)
      var next = 0
      func startNext() {
        guard next < specifications.count else { return }
        let (index, specification) = (next, specifications[next])
        next += 1
        group.addTask { (index, run(specification)) }
      }
      for _ in 0..<max(1, workers) { startNext() }
      var ended = 0
      for await (index, outcome) in group {
        outcomes[index] = outcome
        ended += 1
        progress?(ended)
        startNext()
      }
      return outcomes.compactMap { $0 }
    }
  }
}
