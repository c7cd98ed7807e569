/// One lever between two monthly costs.
public struct WaterfallStep: Sendable, Equatable {
  public enum Lever: String, Sendable, CaseIterable {
    /// From the best reactive policy to ours.
    case forecast
    /// To the instance type that keeps the objective at the least cost.
    case rightSize = "right-size"
    /// To the best commitment for the need that is left.
    case commitment
    /// Spot above the commitment.
    case spot
  }

  public var lever: Lever
  /// What was done, in words: `c7g.large`, `31 instances for 12 months`.
  public var detail: String
  /// Money per month before and after.
  public var from: Double
  public var to: Double

  /// Money per month that the lever saves; negative if it costs.
  public var saving: Double { from - to }
}
