/// What a policy with a forecast planned for when it decided: the highest demand that it expected
/// until a replica that it orders now would serve and be looked at again.
public struct DemandOutlook: Sendable, Equatable {
  /// The step at whose beginning it decided.
  public var step: Int
  /// Requests per second: as likely exceeded as not, and exceeded with a chance of 1 - `level` only.
  public var median: Double
  public var upper: Double
  public var level: Double
}
