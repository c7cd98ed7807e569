/// Where metrics come from.
public protocol MetricSource: Sendable {
  /// What is known about each service at `time`; the answer holds an entry per asked service, in
  /// the asked order. A field that the source cannot vouch for is nil, never zero. The call returns
  /// within `deadline`; it does not throw, because for the caller a failure *is* an unknown value.
  func observe(_ services: [ServiceID], at time: Timestamp, deadline: Duration) async
    -> [MetricReading]

  /// Past means on an even grid within `[from, to)`, for a new service's first fit.
  /// Nil if this source keeps no history.
  func history(of service: ServiceID, from: Timestamp, to: Timestamp)
    async
    throws(SourceError) -> TimeSeries?

  /// The services whose pasts are read together, because one request answers for all of them; a
  /// service of which this source keeps no history is in no group.
  func historyGroups(of services: [ServiceID]) -> [[ServiceID]]

  /// The past of one group within `[from, to)`, part by part, newest first, so that what came before
  /// an interruption can be kept.
  func readHistory(
    of group: [ServiceID], from: Timestamp, to: Timestamp,
    receive: @Sendable (HistoryPart) async throws(SourceError) -> Void
  ) async throws(SourceError)

  /// How late the services' rates are at `time`. A source that has to ask much for this asks a little
  /// at each call; a service that it did not come to has no entry. Called now and then, not at every
  /// tick, and after `observe`.
  func lags(
    of services: [ServiceID], at time: Timestamp, deadline: Duration
  ) async -> [ServiceID: MetricLag]
}

extension MetricSource {
  public func historyGroups(of services: [ServiceID]) -> [[ServiceID]] { services.map { [$0] } }

  public func readHistory(
    of group: [ServiceID], from: Timestamp, to: Timestamp,
    receive: @Sendable (HistoryPart) async throws(SourceError) -> Void
  ) async throws(SourceError) {
    for service in group {
      guard let series = try await history(of: service, from: from, to: to) else { continue }
      // Only with the last service all of the group has come.
      let reached = service == group.last ? from : to
      try await receive(HistoryPart(series: [service: series], reached: reached))
    }
  }

  public func lags(
    of services: [ServiceID], at time: Timestamp, deadline: Duration
  ) async -> [ServiceID: MetricLag] {
    Dictionary(services.map { ($0, .unknown) }) { first, _ in first }
  }
}

/// A stretch of the past of services that are read together.
public struct HistoryPart: Sendable {
  /// Means, unknown where the source has none; a service without any may be left out.
  public var series: [ServiceID: TimeSeries]
  /// From here on everything that was asked for has come.
  public var reached: Timestamp

  public init(series: [ServiceID: TimeSeries], reached: Timestamp) {
    self.series = series
    self.reached = reached
  }
}

/// What a source knows of how late a service's rate is.
public enum MetricLag: Sendable, Equatable {
  /// The age of the middle of what the rate is the mean of.
  case late(Duration)
  /// The source cannot tell.
  case unknown
}

/// One service's answer of a `MetricSource`.
public struct MetricReading: Sendable, Equatable {
  /// Requests per second.
  public var rate: Double?
  /// Requests waiting.
  public var queue: Double?
  /// Why a field is nil, for the operator.
  public var problem: String?

  public init(rate: Double? = nil, queue: Double? = nil, problem: String? = nil) {
    self.rate = rate
    self.queue = queue
    self.problem = problem
  }
}

/// Where commands go.
public protocol CloudAdapter: Sendable {
  var capabilities: CloudCapabilities { get }

  /// The fleets of all asked services, in the asked order, read once per tick.
  func observe(_ services: [ServiceID], at time: Timestamp) async -> [FleetReading]

  /// Makes the platform aim at the command's replicas. Idempotent; returns once accepted, not once
  /// ready.
  func apply(_ command: ScaleCommand) async throws(CloudError) -> ScaleOutcome

  /// Leaves a plan with the platform in place of the last one; what others scheduled is not
  /// touched. Called only where `capabilities.holdsPlans`.
  func schedule(_ plan: FloorPlan) async throws(CloudError)

  /// Removes what `schedule` left for the service.
  func cancelSchedule(of service: ServiceID) async throws(CloudError)
}

extension CloudAdapter {
  public func schedule(_ plan: FloorPlan) async throws(CloudError) {
    throw .malformed("this platform holds no plans")
  }

  public func cancelSchedule(of service: ServiceID) async throws(CloudError) {
    throw .malformed("this platform holds no plans")
  }
}

/// What a platform can do, as values that configuration and pages can show.
public struct CloudCapabilities: Sendable, Equatable {
  /// The kinds of command that it takes.
  public var commands: [ScaleCommand.Kind]
  /// Whether it holds a plan of floors that outlives us.
  public var holdsPlans: Bool
  /// Whether it has a warm pool.
  public var hasWarmPool: Bool

  public init(commands: [ScaleCommand.Kind], holdsPlans: Bool, hasWarmPool: Bool) {
    self.commands = commands
    self.holdsPlans = holdsPlans
    self.hasWarmPool = hasWarmPool
  }
}

/// A fleet as the platform shows it; nil fields are unknown.
public struct FleetReading: Sendable, Equatable {
  public var ready: Int?
  public var pending: [PendingBatch]?
  public var warm: Int?
  /// The platform's own bounds, where it has them.
  public var min: Int?
  public var max: Int?
  /// Who else scales this fleet, such as `HorizontalPodAutoscaler web`; nil if nobody is known to.
  public var owner: String?
  /// The platform's version of the object that a command would change, where it has one. Two equal
  /// versions are the same object; nothing else can be told from it.
  public var version: String?
  /// Whether a new version is being rolled out.
  public var isRollingOut: Bool?
  /// The floor in force, where it no longer is the one that the platform accepted last.
  public var changedFloor: ChangedFloor?
  public var problem: String?

  public init(
    ready: Int? = nil, pending: [PendingBatch]? = nil, warm: Int? = nil, min: Int? = nil,
    max: Int? = nil, owner: String? = nil, version: String? = nil, isRollingOut: Bool? = nil,
    changedFloor: ChangedFloor? = nil, problem: String? = nil
  ) {
    self.ready = ready
    self.pending = pending
    self.warm = warm
    self.min = min
    self.max = max
    self.owner = owner
    self.version = version
    self.isRollingOut = isRollingOut
    self.changedFloor = changedFloor
    self.problem = problem
  }
}

/// Why a source could not answer, named for what the caller does next.
public enum SourceError: Error, Sendable, Equatable {
  /// Try again later.
  case unavailable(String)
  /// Credentials or rights are wrong: tell the operator.
  case denied(String)
  /// The answer was not what was asked for: a wrong query or a bug.
  case malformed(String)
}

/// Why a platform did not take a command, named for what the caller does next.
public enum CloudError: Error, Sendable, Equatable {
  /// Try again, at the earliest after the given time.
  case unavailable(String, retryAfter: Duration?)
  /// Credentials or rights are wrong: alarm and hold.
  case denied(String)
  /// The target does not exist: stop commanding this service.
  case notFound(String)
  /// Somebody else changed it meanwhile: read again, decide again.
  case conflict(String)
  /// The connection broke after the command was sent: read back.
  case unknownResult(String)
  /// The platform did not understand: a bug.
  case malformed(String)
}

extension CloudError {
  /// The sentence alone.
  public var sentence: String {
    switch self {
    case .unavailable(let text, _), .denied(let text), .notFound(let text), .conflict(let text),
      .unknownResult(let text), .malformed(let text):
      text
    }
  }
}
