import Control

extension SimulatedWorld {
  /// Runs one policy through the whole window.
  ///
  /// - Parameters:
  ///   - onStep: Receives each step once its wait is known, in order: the rows of a series file.
  ///   - onDecision: Receives each decision that changed the size.
  ///   - onOutlook: Receives the forecast of each decision that has one.
  /// - Complexity: O(steps). Memory does not grow with the window; only `oracle-budget` keeps the
  ///   window's needs.
  public func run(
    _ specification: PolicySpecification, onStep: ((StepRecord) -> Void)? = nil,
    onDecision: ((DecisionRecord) -> Void)? = nil,
    onOutlook: ((DemandOutlook) -> Void)? = nil
  ) -> PolicyOutcome {
    guard var policy = specification.policy(in: self) else {
      return limit(specification, onStep: onStep)
    }
    var simulation = SimulationRun(world: self)
    simulation.onStep = onStep
    simulation.onDecision = onDecision
    simulation.onOutlook = onOutlook
    return outcome(of: simulation.run(&policy), for: specification)
  }

  /// Runs a policy that shares its fits with others of the same forecast settings.
  func run(_ specification: PolicySpecification, memory: FitMemory) -> PolicyOutcome {
    guard var policy = specification.policy(in: self, memory: memory) else {
      return limit(specification, onStep: nil)
    }
    return outcome(of: SimulationRun(world: self).run(&policy), for: specification)
  }

  private func limit(
    _ specification: PolicySpecification, onStep: ((StepRecord) -> Void)?
  ) -> PolicyOutcome {
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
    await runAll(
      specifications, workers: workers, memories: FitMemories(for: specifications),
      progress: progress)
  }

  /// - Parameter memories: Fits to share between specifications, also with earlier calls in a world
  ///   of the same demand.
  func runAll(
    _ specifications: [PolicySpecification], workers: Int, memories: FitMemories,
    progress: (@Sendable (Int) -> Void)? = nil
  ) async -> [PolicyOutcome] {
    await withTaskGroup(of: (Int, PolicyOutcome).self) { group in
      var outcomes = [PolicyOutcome?](repeating: nil, count: specifications.count)
      var next = 0
      func startNext() {
        guard next < specifications.count else { return }
        let (index, specification) = (next, specifications[next])
        next += 1
        group.addTask {
          (
            index,
            memories.memory(for: specification).map { run(specification, memory: $0) }
              ?? run(specification)
          )
        }
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
