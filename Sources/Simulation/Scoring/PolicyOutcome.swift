import Domain

/// How one policy fared in one world.
public struct PolicyOutcome: Sendable, Equatable {
  public var name: String
  public var kind: PolicyKind
  public var scorecard: Scorecard
  /// Replica-hours at the scenario's price; nil without one.
  public var cost: Double?
  public var currency: String?
  /// Whether the share of violations stays within the objective.
  public var isWithinObjective: Bool
  /// The spans with most violations, the worst first, with the reasons in force.
  public var worst: [WorstMoment]
  /// For `oracle-budget`: a cost, over the zero-wait oracle's, that no schedule within the budget
  /// can go below.
  public var certifiedBound: Double?
}

/// What moving from one policy to another changes.
public struct PolicyComparison: Sendable, Equatable {
  public var name: String
  public var baseline: String
  /// Replica-hours over the baseline's, minus one: -0.2 saves a fifth.
  public var costChange: Double
  /// Differences of shares.
  public var availabilityChange: Double
  public var violationChange: Double
  public var actionsChange: Int

  init(_ outcome: PolicyOutcome, baseline: PolicyOutcome) {
    name = outcome.name
    self.baseline = baseline.name
    let (card, base) = (outcome.scorecard, baseline.scorecard)
    costChange = base.replicaSeconds > 0 ? card.replicaSeconds / base.replicaSeconds - 1 : 0
    availabilityChange = card.availability - base.availability
    violationChange = card.violation - base.violation
    actionsChange = card.actions - base.actions
  }
}
