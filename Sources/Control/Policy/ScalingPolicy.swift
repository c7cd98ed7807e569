public import Domain

/// How the target follows the demand, and how fast.
public struct ScalingPolicy: Sendable, Equatable {
  public enum Risk: Sendable, Equatable {
    /// The least cost that keeps the objective's violation share over its window.
    case auto
    /// A fixed share of lead windows in which demand may exceed the forecast part.
    case fixed(Double)
  }

  public var risk: Risk
  /// The share of a replica's rate that the observed part plans with while there is no forecast.
  public var utilization: Double
  /// The time in which a backlog is to be gone.
  public var drain: Duration
  /// A limit to growth; nil for none.
  public var up: StepLimit?
  /// A limit to shrinking; nil for none.
  public var down: StepLimit?
  /// Growths and shrinks by a smaller share of the fleet than these are not made.
  public var upDeadband: Double
  public var downDeadband: Double
  /// A shrink happens only to the most that was asked for within this time.
  public var stabilization: Duration
  /// Whether the observed rate and the queue take part.
  public var reacts: Bool

  public init(
    risk: Risk = .auto, utilization: Double = 0.9, drain: Duration = .seconds(60),
    up: StepLimit? = nil,
    down: StepLimit? = StepLimit(amount: .share(0.2), period: .seconds(60)),
    upDeadband: Double = 0, downDeadband: Double = 0, stabilization: Duration = .seconds(60),
    reacts: Bool = true
  ) {
    self.risk = risk
    self.utilization = utilization
    self.drain = drain
    self.up = up
    self.down = down
    self.upDeadband = upDeadband
    self.downDeadband = downDeadband
    self.stabilization = stabilization
    self.reacts = reacts
  }
}

/// At most so much change within a period.
public struct StepLimit: Sendable, Equatable {
  public enum Amount: Sendable, Equatable {
    /// Of the size at the start of the period; at least one replica.
    case share(Double)
    case replicas(Int)
  }

  public var amount: Amount
  public var period: Duration

  public init(amount: Amount, period: Duration) {
    self.amount = amount
    self.period = period
  }

  /// Replicas that a fleet of that size may change by; at least one.
  public func replicas(of size: Int) -> Int {
    switch amount {
    case .share(let share): max(1, Int((Double(size) * share).rounded(.down)))
    case .replicas(let count): max(1, count)
    }
  }
}

/// What the forecast part works with.
public struct ForecastPolicy: Sendable, Equatable {
  /// Whether a forecast takes part at all.
  public var isEnabled: Bool
  /// The bins of the seasonal model.
  public var step: Duration
  /// The periods in which demand repeats; nil picks those that the history supports out of a day
  /// and a week.
  public var seasons: [Duration]?
  /// The zone whose clock the seasons follow.
  public var zone: UTCOffsets
  /// How much of the past a fit reads.
  public var history: Duration
  /// Spans of the past that are known to be bad: nothing is learnt from them.
  public var excluded: [TimeSpan]

  public init(
    isEnabled: Bool = true, step: Duration = .seconds(300), seasons: [Duration]? = nil,
    zone: UTCOffsets = .utc, history: Duration = .seconds(56 * 86_400),
    excluded: [TimeSpan] = []
  ) {
    self.isEnabled = isEnabled
    self.step = step
    self.seasons = seasons
    self.zone = zone
    self.history = history
    self.excluded = excluded
  }
}

/// The instants from `from` on and before `to`.
public struct TimeSpan: Sendable, Equatable {
  public var from: Timestamp
  public var to: Timestamp

  public init(from: Timestamp, to: Timestamp) {
    self.from = from
    self.to = to
  }

  public func contains(_ time: Timestamp) -> Bool { from <= time && time < to }

  func overlaps(_ other: TimeSpan) -> Bool { from < other.to && other.from < to }
}

extension ForecastPolicy {
  /// The periods in force: the configured ones, or a day and a week.
  public var periods: [Duration] { seasons ?? [.seconds(86_400), .seconds(604_800)] }
}
