public import Domain

/// One service's replicas and its queue, advanced by the demand it is told: the fluid model of the
/// simulator, at whatever instants it is asked.
///
/// Within a step of at most `longestStep`, arrivals wait in front of `ready · ratePerReplica`; what
/// exceeds `queueLimit` is dropped. Growth takes from the warm pool first and boots for `boot`
/// otherwise; shrinking takes booting replicas first, the latest ones first, and then ready ones at
/// once.
public struct SimulatedFleet: Sendable, Equatable, Codable {
  public var settings: Settings
  public internal(set) var ready: Int
  /// In the order in which they become ready.
  public internal(set) var booting: [Booting] = []
  /// What stands by; nil while no pool was ever asked for.
  public internal(set) var pool: Pool?
  /// Requests waiting.
  public internal(set) var queue = 0.0
  /// Requests since the fleet exists.
  public internal(set) var arrived = 0.0
  public internal(set) var served = 0.0
  public internal(set) var dropped = 0.0
  /// Up to where the model has been advanced.
  public internal(set) var time: Timestamp
  /// The platform's own lower bound, set by `floor` commands.
  public internal(set) var floor: Int
  /// The last decision and the highest fencing token obeyed.
  public internal(set) var decision: DecisionID?
  public internal(set) var fencingToken: Int64 = 0

  public struct Settings: Sendable, Equatable, Codable {
    /// Requests per second that one replica serves.
    public var ratePerReplica: Double
    public var boot: Duration
    /// Replicas at first; nil sizes the fleet for 70 % utilisation at the first demand.
    public var initial: Int?
    public var min: Int
    public var max: Int
    public var queueLimit: Double
    /// From being taken out of the warm pool to serving; nil where there can be no pool.
    public var warmBoot: Duration?

    public init(
      ratePerReplica: Double, boot: Duration, initial: Int? = nil, min: Int = 1,
      max: Int = 100_000, queueLimit: Double = 5000, warmBoot: Duration? = nil
    ) {
      self.ratePerReplica = ratePerReplica
      self.boot = boot
      self.warmBoot = warmBoot
      self.initial = initial
      self.min = min
      self.max = max
      self.queueLimit = queueLimit
    }
  }

  /// Replicas started together.
  public struct Booting: Sendable, Equatable, Codable {
    public var count: Int
    public var since: Timestamp
    public var readyAt: Timestamp
    /// Whether they come out of the warm pool; nil is no.
    public var isWarm: Bool?
  }

  /// Replicas that are started and do not serve. What is taken out is replaced cold.
  public struct Pool: Sendable, Equatable, Codable {
    public internal(set) var ready = 0
    /// In the order in which they can be taken.
    public internal(set) var booting: [Booting] = []

    public var size: Int { booting.reduce(ready) { $0 + $1.count } }
  }

  /// Wider steps would average a queue away.
  static let longestStep: Int64 = 5
  /// After a pause of weeks the steps widen rather than the call lasting seconds.
  private static let mostSteps: Int64 = 200_000

  /// - Parameter demand: Requests per second at `time`, for the first size.
  init(_ settings: Settings, at time: Timestamp, demand: Double?) {
    self.settings = settings
    self.time = time
    let need = Self.replicas(for: demand ?? 0, each: settings.ratePerReplica * 0.7)
    ready = Swift.max(settings.min, Swift.min(settings.max, settings.initial ?? need))
    floor = settings.min
  }

  /// Ready and booting.
  public var provisioned: Int { booting.reduce(ready) { $0 + $1.count } }

  /// What serves per second.
  public var capacity: Double { Double(ready) * settings.ratePerReplica }

  /// Advances to `end`; an earlier or equal instant changes nothing. `demand` gives the mean rate
  /// over an interval; unknown demand arrives as none.
  mutating func advance(to end: Timestamp, demand: (Timestamp, Timestamp) -> Double?) {
    let span = end.seconds - time.seconds
    let longest = Swift.max(Self.longestStep, span / Self.mostSteps)
    finishBooting()
    while time < end {
      var next = Swift.min(end.seconds, time.seconds + longest)
      if let ready = booting.first { next = Swift.min(next, ready.readyAt.seconds) }
      if let ready = pool?.booting.first { next = Swift.min(next, ready.readyAt.seconds) }
      let stepEnd = Timestamp(seconds: next)
      serve(demand(time, stepEnd) ?? 0, for: Double(next - time.seconds))
      time = stepEnd
      finishBooting()
    }
  }

  private mutating func serve(_ rate: Double, for seconds: Double) {
    let arrivals = rate * seconds
    let waiting = queue + arrivals
    let done = Swift.min(waiting, capacity * seconds)
    arrived += arrivals
    served += done
    queue = waiting - done
    if queue > settings.queueLimit {
      dropped += queue - settings.queueLimit
      queue = settings.queueLimit
    }
  }

  private mutating func finishBooting() {
    while let first = booting.first, first.readyAt <= time {
      ready += first.count
      booting.removeFirst()
    }
    while let first = pool?.booting.first, first.readyAt <= time {
      pool?.ready += first.count
      pool?.booting.removeFirst()
    }
  }

  /// Aims at `size`: starts what is missing, or stops what is too much.
  mutating func resize(to size: Int, boot: Duration) {
    let difference = size - provisioned
    guard difference > 0 else {
      ready -= Swift.min(ready, Self.cancel(-difference, in: &booting))
      return
    }
    let warm = Swift.min(difference, settings.warmBoot == nil ? 0 : pool?.ready ?? 0)
    if warm > 0, let warmBoot = settings.warmBoot {
      Self.start(warm, at: time, taking: warmBoot, in: &booting, isWarm: true)
      pool?.ready -= warm
      if var pool {
        Self.start(warm, at: time, taking: boot, in: &pool.booting)
        self.pool = pool
      }
    }
    if difference > warm {
      Self.start(difference - warm, at: time, taking: boot, in: &booting)
    }
    finishBooting()
  }

  /// Aims at a size of the warm pool, in the same way.
  mutating func resizePool(to size: Int, boot: Duration) {
    var pool = pool ?? Pool()
    let difference = size - pool.size
    if difference > 0 {
      Self.start(difference, at: time, taking: boot, in: &pool.booting)
    } else {
      pool.ready -= Swift.min(pool.ready, Self.cancel(-difference, in: &pool.booting))
    }
    self.pool = pool
    finishBooting()
  }

  private static func start(
    _ count: Int, at time: Timestamp, taking boot: Duration, in batches: inout [Booting],
    isWarm: Bool? = nil
  ) {
    let batch = Booting(count: count, since: time, readyAt: time + boot, isWarm: isWarm)
    // A boot that was slowed down may end after a later one.
    let position = batches.firstIndex { $0.readyAt > batch.readyAt } ?? batches.endIndex
    batches.insert(batch, at: position)
  }

  /// Stops up to `count` of what boots, the latest first; returns how many are left to stop.
  private static func cancel(_ count: Int, in batches: inout [Booting]) -> Int {
    var excess = count
    while excess > 0, let last = batches.last {
      let cancelled = Swift.min(excess, last.count)
      excess -= cancelled
      batches[batches.count - 1].count -= cancelled
      if last.count == cancelled { batches.removeLast() }
    }
    return excess
  }

  private static func replicas(for rate: Double, each: Double) -> Int {
    guard each > 0, rate.isFinite else { return 1 }
    return Int(Swift.min(1e6, (rate / each - 1e-9).rounded(.up)))
  }
}
