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
  /// A shrink happens only to the most that was asked for within this time.
  public var stabilization: Duration
  /// Whether the observed rate and the queue take part.
  public var reacts: Bool

  public init(
    risk: Risk = .auto, utilization: Double = 0.9, drain: Duration = .seconds(60),
    up: StepLimit? = nil,
    down: StepLimit? = StepLimit(amount: .share(0.2), period: .seconds(60)),
    stabilization: Duration = .seconds(60), reacts: Bool = true
  ) {
    self.risk = risk
    self.utilization = utilization
    self.drain = drain
    self.up = up
    self.down = down
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

  public init(
    isEnabled: Bool = true, step: Duration = .seconds(300), seasons: [Duration]? = nil,
    zone: UTCOffsets = .utc, history: Duration = .seconds(56 * 86_400)
  ) {
    self.isEnabled = isEnabled
    self.step = step
    self.seasons = seasons
    self.zone = zone
    self.history = history
  }
}

/// A surge that is known beforehand: demand is multiplied by `uplift` between `from` and `to`,
/// rising to it within `rise` after `from` and falling back within `fall` before `to`.
public struct AnnouncedEvent: Sendable, Equatable {
  public var name: String
  public var from: Timestamp
  public var to: Timestamp
  public var uplift: Double
  public var rise: Duration
  public var fall: Duration

  public init(
    name: String, from: Timestamp, to: Timestamp, uplift: Double, rise: Duration = .zero,
    fall: Duration = .zero
  ) {
    self.name = name
    self.from = from
    self.to = to
    self.uplift = uplift
    self.rise = rise
    self.fall = fall
  }

  /// The multiplier at an instant; 1 outside the event.
  public func factor(at time: Timestamp) -> Double {
    guard time >= from, time < to else { return 1 }
    let sinceStart = time.since(from).inSeconds
    let untilEnd = to.since(time).inSeconds
    let up = rise > .zero ? min(1, sinceStart / rise.inSeconds) : 1
    let down = fall > .zero ? min(1, untilEnd / fall.inSeconds) : 1
    return 1 + (uplift - 1) * min(up, down)
  }
}

extension ForecastPolicy {
  /// The periods in force: the configured ones, or a day and a week.
  public var periods: [Duration] { seasons ?? [.seconds(86_400), .seconds(604_800)] }
}
