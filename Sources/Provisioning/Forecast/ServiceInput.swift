public import Control
public import Domain

/// A service as provisioning sees it: what it is allowed to do, and its past.
public struct ServiceInput: Sendable {
  /// Fleet, objective, scaling, price and announced events, as `serve` has them.
  public var policy: ServicePolicy
  /// Past demand in requests per second, at most an hour per step; the finer, the better the
  /// response is known. Unknown is NaN.
  public var history: TimeSeries
  /// The team or product whose total it belongs to; nil for the fleet's total only.
  public var group: String?

  public var id: ServiceID { policy.id }

  public init(policy: ServicePolicy, history: TimeSeries, group: String? = nil) {
    self.policy = policy
    self.history = history
    self.group = group
  }
}
