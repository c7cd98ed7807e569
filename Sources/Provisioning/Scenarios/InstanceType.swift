/// A size that a replica can have.
public struct InstanceType: Sendable, Equatable {
  /// Such as `c7g.large`.
  public var name: String
  /// Requests per second at which one instance still meets its latency objective.
  public var ratePerInstance: Double
  /// Money per instance-hour, in the currency of the service's price.
  public var pricePerHour: Double
  /// From the order to the first request; nil as for the service's own.
  public var boot: Duration?

  public init(
    name: String, ratePerInstance: Double, pricePerHour: Double, boot: Duration? = nil
  ) {
    self.name = name
    self.ratePerInstance = ratePerInstance
    self.pricePerHour = pricePerHour
    self.boot = boot
  }
}
