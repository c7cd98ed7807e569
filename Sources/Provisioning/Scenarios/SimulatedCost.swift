import Simulation

/// What a policy cost in the simulator, brought to a month of 30 days.
public struct SimulatedCost: Sendable, Equatable {
  /// The policy, and its target where it has one.
  public var name: String
  public var target: Double?
  public var replicaHours: Double
  /// Money per month; nil without a price.
  public var cost: Double?
  /// Share of requests dropped or later than the objective.
  public var violation: Double
  public var availability: Double
  public var keepsObjective: Bool

  init(_ outcome: PolicyOutcome, target: Double? = nil, monthly: Double) {
    name = outcome.name
    self.target = target
    replicaHours = outcome.scorecard.replicaHours * monthly
    cost = outcome.cost.map { $0 * monthly }
    violation = outcome.scorecard.violation
    availability = outcome.scorecard.availability
    keepsObjective = outcome.isWithinObjective
  }

  /// The cheapest that keeps the objective; if none does, the one with the fewest violations.
  static func best(_ costs: [SimulatedCost]) -> SimulatedCost? {
    costs.filter(\.keepsObjective).min { $0.money < $1.money }
      ?? costs.min { $0.violation < $1.violation }
  }

  /// Money, or replica-hours without a price.
  var money: Double { cost ?? replicaHours }
}
