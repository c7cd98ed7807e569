public import Control

/// One policy of a scenario: its name there, its kind, and the settings that differ from the kind's
/// own. A setting that the kind does not have is refused by `Scenario.validate`.
public struct PolicySpecification: Sendable, Equatable {
  public var name: String
  public var kind: PolicyKind
  /// Utilisation aimed at, or messages per replica for `kedaQueue`.
  public var target: Double?
  /// The size of `static`.
  public var replicas: Int?
  /// Between two decisions.
  public var interval: Duration?
  /// Over which the metric is averaged.
  public var window: Duration?
  /// Within which the largest recommendation holds a shrink back.
  public var stabilization: Duration?
  /// The relative deviation from the target that changes nothing.
  public var tolerance: Double?
  /// The reference law: the share of a replica's rate that observed demand may use, the time in
  /// which a backlog shall be gone, and how long the rate part is held.
  public var utilization: Double?
  public var drain: Duration?
  public var hold: Duration?
  /// An external floor, replicas per step; the last value stands for all later steps.
  public var floor: [Double]?
  /// For our own kinds.
  public var scaling: ScalingPolicy?
  public var forecast: ForecastPolicy?

  public init(name: String, kind: PolicyKind) {
    self.name = name
    self.kind = kind
  }
}
