public import Control

/// What is asked: how the future differs from the continuation of today.
public struct ProvisioningScenario: Sendable, Equatable {
  public var name: String
  /// Multiplies the demand of every service.
  public var growth: GrowthPlan
  /// Events beside those that the services have already; they apply to every service.
  public var events: [AnnouncedEvent]
  /// In place of the services' own prices; nil keeps them.
  public var price: PriceSchedule?
  /// In place of the services' own scaling; nil keeps it.
  public var scaling: ScalingPolicy?
  /// In place of the services' own replicas: rate and price per instance; nil keeps them.
  public var instance: InstanceType?

  /// Nothing differs.
  public static let today = ProvisioningScenario(name: "today")

  public init(
    name: String, growth: GrowthPlan = .none, events: [AnnouncedEvent] = [],
    price: PriceSchedule? = nil, scaling: ScalingPolicy? = nil, instance: InstanceType? = nil
  ) {
    self.name = name
    self.growth = growth
    self.events = events
    self.price = price
    self.scaling = scaling
    self.instance = instance
  }
}
