public import Domain
public import Forecasting

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
  /// Events that happen once.
  public var events: [AnnouncedEvent]
  /// Events that recur, on the clock of the forecast's zone.
  public var calendar: [CalendarEvent]
  /// Whether a queue signal is configured; if not, its absence is not silence.
  public var hasQueueSignal: Bool
  /// Whether a platform shows the fleet; if not, the fleet is assumed to follow the decisions.
  public var hasFleetSignal: Bool
  /// Whether the platform holds plans of floors, so that one is made.
  public var holdsPlans: Bool

  public init(
    id: ServiceID, mode: Mode, fleet: FleetPolicy, timing: ControlTiming = ControlTiming(),
    objective: Objective = Objective(), forecast: ForecastPolicy = ForecastPolicy(),
    scaling: ScalingPolicy = ScalingPolicy(), downstream: [DownstreamLimit] = [],
    price: Price? = nil, events: [AnnouncedEvent] = [], calendar: [CalendarEvent] = [],
    hasQueueSignal: Bool = true, hasFleetSignal: Bool = true, holdsPlans: Bool = false
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
    self.calendar = calendar
    self.hasQueueSignal = hasQueueSignal
    self.hasFleetSignal = hasFleetSignal
    self.holdsPlans = holdsPlans
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
  /// How the pool of replicas that stand by is sized; nil leaves it as it is.
  public var standby: StandbyPolicy?

  public init(
    ratePerReplica: Double, boot: Duration, min: Int, max: Int, queueLimit: Double? = nil,
    warmBoot: Duration = .seconds(30), standby: StandbyPolicy? = nil
  ) {
    self.ratePerReplica = ratePerReplica
    self.boot = boot
    self.min = min
    self.max = max
    self.queueLimit = queueLimit
    self.warmBoot = warmBoot
    self.standby = standby
  }
}

/// Replicas that are started up and stand by: sooner ready than a cold one, for a fraction of its
/// price.
public struct StandbyPolicy: Sendable, Equatable {
  /// What one that stands by costs, as a share of a running one's price.
  public var cost: Double
  /// The multiple of the present rate that must be survived unannounced; nil sizes the pool by the
  /// forecast alone.
  public var burst: Double?
  /// The most that may stand by.
  public var max: Int

  public init(cost: Double = 0.1, burst: Double? = nil, max: Int) {
    self.cost = cost
    self.burst = burst
    self.max = max
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
  /// What a late or dropped request costs; nil if nobody said.
  public var perViolation: Double?
  /// What a calendar month (UTC) may cost; nil for no limit.
  public var monthlyBudget: Double?

  public init(
    perReplicaHour: Double, currency: String = "USD", perViolation: Double? = nil,
    monthlyBudget: Double? = nil
  ) {
    self.perReplicaHour = perReplicaHour
    self.currency = currency
    self.perViolation = perViolation
    self.monthlyBudget = monthlyBudget
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
