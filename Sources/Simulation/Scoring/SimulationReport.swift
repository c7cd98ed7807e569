/// The result of comparing policies in one world.
public struct SimulationReport: Sendable, Equatable {
  public var summary: ScenarioSummary
  public var outcomes: [PolicyOutcome]
  public var thresholds: [ThresholdResult]
  /// The warm pool that the surprises among the bursts ask for; nil where that was not searched.
  public var standby: StandbyAdvice?
  /// What growth costs; nil where there is none.
  public var growth: GrowthAnswer?

  /// - Throws: `ThresholdError` if a threshold names what did not run.
  public init(
    world: SimulatedWorld, outcomes: [PolicyOutcome], thresholds: [Threshold] = []
  ) throws(ThresholdError) {
    summary = ScenarioSummary(world)
    self.outcomes = outcomes
    self.thresholds = []
    for threshold in thresholds { self.thresholds.append(try threshold.check(outcomes)) }
  }

  /// The cheapest policy inside the objective; limits, which know the future, do not compete. Of
  /// equally cheap ones the first.
  public var best: PolicyOutcome? {
    outcomes.filter { $0.isWithinObjective && !$0.kind.isLimit }
      .min { $0.scorecard.replicaSeconds < $1.scorecard.replicaSeconds }
  }

  public var passesThresholds: Bool { thresholds.allSatisfy(\.passed) }

  /// Every other policy against the one called `baseline`; empty if it did not run.
  public func comparisons(to baseline: String) -> [PolicyComparison] {
    guard let base = outcomes.first(where: { $0.name == baseline }) else { return [] }
    return outcomes.filter { $0.name != baseline }.map { PolicyComparison($0, baseline: base) }
  }
}
