/// What was seen of a service at one control tick. Every measured field is optional: nil means
/// *unknown*, which never counts as zero and never lowers anything.
public struct Observation: Sendable, Equatable, Codable {
  /// The tick.
  public var time: Timestamp
  /// Requests per second, the mean over the control interval that ended `lag` before `time`.
  public var rate: Double?
  /// Requests waiting, at `time - lag`.
  public var queue: Double?
  /// Replicas that serve.
  public var ready: Int?
  /// Replicas that were started and do not serve yet, in the order in which they were started.
  public var pending: [PendingBatch]?
  /// Replicas in the warm pool that can start at once.
  public var warm: Int?
  /// Whether a new version is being rolled out; nil where the platform does not say.
  public var isRollingOut: Bool?
  /// The floor in force, where it no longer is the one that the platform accepted last.
  public var changedFloor: ChangedFloor?

  public init(
    time: Timestamp, rate: Double? = nil, queue: Double? = nil, ready: Int? = nil,
    pending: [PendingBatch]? = nil, warm: Int? = nil, isRollingOut: Bool? = nil,
    changedFloor: ChangedFloor? = nil
  ) {
    self.time = time
    self.rate = rate
    self.queue = queue
    self.ready = ready
    self.pending = pending
    self.warm = warm
    self.isRollingOut = isRollingOut
    self.changedFloor = changedFloor
  }

  /// Replicas that serve or will, nil if either part is unknown.
  public var provisioned: Int? {
    guard let ready, let pending else { return nil }
    return pending.reduce(ready) { $0 + $1.count }
  }
}

/// A floor that took the place of the one we had commanded.
public struct ChangedFloor: Sendable, Equatable, Codable {
  public var replicas: Int
  /// Whether it is what the plan that we left with the platform says for now; else somebody else
  /// wrote it.
  public var isPlanned: Bool

  public init(replicas: Int, isPlanned: Bool) {
    self.replicas = replicas
    self.isPlanned = isPlanned
  }
}

/// Replicas started together.
public struct PendingBatch: Sendable, Equatable, Codable {
  public var count: Int
  /// When they were started.
  public var since: Timestamp
  /// Whether they came out of the warm pool, and will be ready the sooner.
  public var isWarm: Bool

  public init(count: Int, since: Timestamp, isWarm: Bool = false) {
    self.count = count
    self.since = since
    self.isWarm = isWarm
  }
}
