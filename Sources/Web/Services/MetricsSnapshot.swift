public import Domain

/// The running program's figures at one instant, from which `/metrics` is written. What is not
/// known is left nil or empty and then not exposed at all: an absent series is honest, a zero is not.
public struct MetricsSnapshot: Sendable {
  public struct Service: Sendable {
    public var id: ServiceID
    /// Requests per second.
    public var rate: Double?
    /// Requests waiting.
    public var queue: Double?
    public var ready: Int?
    public var pending: Int?
    public var target: Int?
    public var minimum: Int?
    public var maximum: Int?
    /// Requests per second expected at the lead time, by quantile level.
    public var forecast: [ForecastLevel] = []
    /// Seconds since the model in use was fitted.
    public var modelAge: Double?
    public var decisions: Int?
    public var actions: Int?
    /// How long the last fit took, in seconds.
    public var fitDuration: Double?
    public var fits: Int?
    public var failedFits: Int?
    /// How the forecast does; nil where there never was one.
    public var health: ForecastHealth?
    public var isLevelShifted: Bool?
    /// Share of the objective's violation budget.
    public var violationBudgetSpent: Double?

    public init(id: ServiceID) { self.id = id }
  }

  /// A quantile of the forecast.
  public struct ForecastLevel: Sendable {
    public var level: Double
    public var value: Double

    public init(level: Double, value: Double) {
      self.level = level
      self.value = value
    }
  }

  /// Something counted under a name from a closed list.
  public struct Count: Sendable {
    public var name: String
    public var count: Int

    public init(name: String, count: Int) {
      self.name = name
      self.count = count
    }
  }

  public var version: String
  public var startedAt: Timestamp
  /// Control ticks run.
  public var ticks: Int?
  /// Ticks that were left out because the one before was late.
  public var skippedTicks: Int?
  /// How late ticks began.
  public var tickLateness: Histogram?
  /// How long ticks took.
  public var tickDuration: Histogram?
  /// Writes that the store refused.
  public var storeFailures: Int?
  /// Whether a damaged store was put aside at the start.
  public var isQuarantined: Bool?
  /// Commands by outcome: `accepted`, `unchanged`, `refused`, `unknown`, `not_sent`.
  public var commands: [Count] = []
  /// Reads of a metric source that failed, by source.
  public var sourceErrors: [Count] = []
  public var journalEvents: Int?
  /// Whether this process commands.
  public var isLeader: Bool?
  /// Whether the fleet-wide breaker lets nothing shrink.
  public var isBreakerOpen: Bool?
  public var services: [Service] = []

  public init(version: String, startedAt: Timestamp) {
    self.version = version
    self.startedAt = startedAt
  }
}

/// Counts of values by upper bound, as Prometheus has them.
public struct Histogram: Sendable, Equatable {
  /// Ascending upper bounds, in base units; a last bucket without a bound follows them.
  public let bounds: [Double]
  /// One per bound and one for the rest; not cumulative.
  public private(set) var counts: [Int]
  public private(set) var sum = 0.0

  public init(bounds: [Double]) {
    self.bounds = bounds
    counts = Array(repeating: 0, count: bounds.count + 1)
  }

  /// Bounds for durations from a millisecond to half a minute, in seconds.
  public static let durations: [Double] = [
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30,
  ]

  /// Counts one value; a value that is not finite is left out.
  public mutating func record(_ value: Double) {
    guard value.isFinite else { return }
    counts[bounds.firstIndex { value <= $0 } ?? bounds.count] += 1
    sum += value
  }
}
