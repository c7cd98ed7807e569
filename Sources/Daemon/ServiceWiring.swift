public import Control
public import Domain

/// One service with what it is connected to.
public struct ServiceWiring: Sendable {
  public var policy: ServicePolicy
  /// Names of entries in `Wiring.sources`; nil where no such signal is configured.
  public var demandSource: String?
  public var queueSource: String?
  /// A name of an entry in `Wiring.clouds`; nil where the fleet is not shown.
  public var cloud: String?
  /// Whether the policy's lag is only what to begin with, until it has been measured.
  public var measuresLag: Bool

  public init(
    policy: ServicePolicy, demandSource: String? = nil, queueSource: String? = nil,
    cloud: String? = nil, measuresLag: Bool = false
  ) {
    self.policy = policy
    self.demandSource = demandSource
    self.queueSource = queueSource
    self.cloud = cloud
    self.measuresLag = measuresLag
  }

  /// How long what the service is connected to may take to answer at a tick: a slow one is known to be
  /// silent while there still is time to decide without it.
  var patience: Duration { policy.timing.interval * 0.4 }
}

/// The services and the world that they are connected to.
public struct Wiring: Sendable {
  public var services: [ServiceWiring]
  public var sources: [String: any MetricSource]
  public var clouds: [String: any CloudAdapter]

  public init(
    services: [ServiceWiring], sources: [String: any MetricSource],
    clouds: [String: any CloudAdapter]
  ) {
    // What a service may ask of its platform is what that platform has.
    self.services = services.map { service in
      var service = service
      let capabilities = service.cloud.flatMap { clouds[$0] }?.capabilities
      service.policy.holdsPlans = capabilities?.holdsPlans ?? false
      if capabilities?.hasWarmPool != true { service.policy.fleet.standby = nil }
      return service
    }
    self.sources = sources
    self.clouds = clouds
  }
}
