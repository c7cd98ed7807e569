public import Domain

/// Everything that is configured about one service's scaling: what it can do, what it must keep,
/// and how far we may go. Parsed once at the edge; past that point an invalid policy does not exist.
public struct ServicePolicy: Sendable, Equatable {
  public enum Mode: String, Sendable, CaseIterable {
    /// Decides and records; nothing is ever sent.
    case observe
    /// Commands a lower bound; the platform's own scaling may go higher.
    case floor
    /// Commands the size.
    case desired
  }

  public var id: ServiceID
  public var mode: Mode
  public var fleet: FleetPolicy
  public var timing: ControlTiming
  public var objective: Objective
  public var forecast: ForecastPolicy
  public var scaling: ScalingPolicy
  public var downstream: [DownstreamLimit]
  public var price: Price?
  public var events: [AnnouncedEvent]
  /// Whether a queue signal is configured; if not, its absence is not silence.
  public var hasQueueSignal: Bool
  /// Whether a platform shows the fleet; if not, the fleet is assumed to follow the decisions.
  public var hasFleetSignal: Bool

  public init(
    id: ServiceID, mode: Mode, fleet: FleetPolicy, timing: ControlTiming = ControlTiming(),
    objective: Objective = Objective(), forecast: ForecastPolicy = ForecastPolicy(),
    scaling: ScalingPolicy = ScalingPolicy(), downstream: [DownstreamLimit] = [],
    price: Price? = nil, events: [AnnouncedEvent] = [], hasQueueSignal: Bool = true,
    hasFleetSignal: Bool = true
  ) {
    self.id = id
    self.mode = mode
    self.fleet = fleet
    self.timing = timing
    self.objective = objective
    self.forecast = forecast
    self.scaling = scaling
    self.downstream = downstream
    self.price = price
    self.events = events
    self.hasQueueSignal = hasQueueSignal
    self.hasFleetSignal = hasFleetSignal
  }

  /// From a command to the moment at which demand is next looked at again: what a forecast has to
  /// cover. The boot time, one control interval and the metrics' lag.
  public var leadWindow: Duration { fleet.boot + timing.interval + timing.lag }
}

/// What a replica is and how many there may be.
public struct FleetPolicy: Sendable, Equatable {
  /// Requests per second at which one replica still meets its latency objective.
  public var ratePerReplica: Double
  /// From the command to serving.
  public var boot: Duration
  public var min: Int
  public var max: Int
  /// Requests beyond which the queue drops; nil if unknown.
  public var queueLimit: Double?
  /// From the command to serving for a replica of the warm pool.
  public var warmBoot: Duration

  public init(
    ratePerReplica: Double, boot: Duration, min: Int, max: Int, queueLimit: Double? = nil,
    warmBoot: Duration = .seconds(30)
  ) {
    self.ratePerReplica = ratePerReplica
    self.boot = boot
    self.min = min
    self.max = max
    self.queueLimit = queueLimit
    self.warmBoot = warmBoot
  }
}

public struct ControlTiming: Sendable, Equatable {
  /// Between two decisions.
  public var interval: Duration
  /// How late the metrics are.
  public var lag: Duration

  public init(interval: Duration = .seconds(15), lag: Duration = .seconds(15)) {
    self.interval = interval
    self.lag = lag
  }
}

/// What must be kept.
public struct Objective: Sendable, Equatable {
  /// The longest time in the queue that still counts as served in time.
  public var sloWait: Duration
  /// The share of requests that may be late or dropped, over `window`.
  public var violation: Double
  public var window: Duration
  /// The deepest queue that is acceptable.
  public var queueMax: Double

  public init(
    sloWait: Duration = .milliseconds(200), violation: Double = 0.001,
    window: Duration = .seconds(28 * 86_400), queueMax: Double = 2000
  ) {
    self.sloWait = sloWait
    self.violation = violation
    self.window = window
    self.queueMax = queueMax
  }
}

public struct Price: Sendable, Equatable {
  public var perReplicaHour: Double
  public var currency: String

  public init(perReplicaHour: Double, currency: String = "USD") {
    self.perReplicaHour = perReplicaHour
    self.currency = currency
  }
}

/// A resource that all replicas draw on, such as a database's connections.
public struct DownstreamLimit: Sendable, Equatable {
  public var name: String
  public var perReplica: Double
  public var limit: Double

  public init(name: String, perReplica: Double, limit: Double) {
    self.name = name
    self.perReplica = perReplica
    self.limit = limit
  }
}
