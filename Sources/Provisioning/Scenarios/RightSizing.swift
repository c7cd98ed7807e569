/// One instance type, simulated: what our policy costs with it, and whether it keeps the objective.
public struct RightSizingOption: Sendable, Equatable {
  public var type: InstanceType
  public var simulated: SimulatedCost
  /// Instances that it takes on average and at most.
  public var meanInstances: Double
  public var peakInstances: Double
  /// Whether it is the cheapest of those that keep the objective.
  public var isCheapest: Bool
}
