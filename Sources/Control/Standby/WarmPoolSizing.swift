import Domain

/// How many replicas have to stand by so that an unannounced burst stays within its limits, worked
/// out by playing the burst through the control law: what is seen of it, when, what is ordered then,
/// and what waits until the order serves.
///
/// What nobody can see cannot be answered: between a burst's start and the first replica ordered for
/// it lie the metrics' lag, half an interval until a mean shows it, up to one more until the next
/// tick, and the warm start. What gathers in that time, `(m − h) λ D`, waits whatever the pool's size.
public struct WarmPoolSizing: Sendable, Equatable {
  /// Requests per second of one ready replica.
  public var ratePerReplica: Double
  /// From the command to serving, of a cold replica and of one that stands by.
  public var boot: Duration
  public var warmBoot: Duration
  public var interval: Duration
  public var lag: Duration
  /// The time in which the control law has a backlog worked off.
  public var drain: Duration

  public init(
    ratePerReplica: Double, boot: Duration, warmBoot: Duration,
    interval: Duration = .seconds(15), lag: Duration = .seconds(15), drain: Duration = .seconds(60)
  ) {
    self.ratePerReplica = ratePerReplica
    self.boot = boot
    self.warmBoot = warmBoot
    self.interval = interval
    self.lag = lag
    self.drain = drain
  }

  /// The same for a configured service.
  public init(_ policy: ServicePolicy) {
    self.init(
      ratePerReplica: policy.fleet.ratePerReplica, boot: policy.fleet.boot,
      warmBoot: policy.fleet.warmBoot, interval: policy.timing.interval, lag: policy.timing.lag,
      drain: policy.scaling.drain)
  }

  /// An unannounced burst: from one second to the next, or along a ramp, the rate becomes `multiple`
  /// times what it was, and stays there.
  public struct Burst: Sendable, Equatable {
    /// Requests per second before.
    public var rate: Double
    public var multiple: Double
    public var rise: Duration
    /// Ready capacity before, in requests per second, over the rate.
    public var headroom: Double

    public init(
      rate: Double, multiple: Double = 3, rise: Duration = .zero, headroom: Double = 1.1
    ) {
      self.rate = rate
      self.multiple = multiple
      self.rise = rise
      self.headroom = headroom
    }
  }

  /// What must hold.
  public struct Target: Sendable, Equatable {
    public var queueMax: Double
    /// From the burst's start until the capacity covers the rate.
    public var capacityWithin: Duration

    public init(queueMax: Double = 2000, capacityWithin: Duration = .seconds(90)) {
      self.queueMax = queueMax
      self.capacityWithin = capacityWithin
    }
  }

  /// The fewest replicas that keep the target, or why none do.
  ///
  /// The burst starts at the worst moment between two ticks. Costs some ten replays of at most
  /// twenty boots' length.
  public func recommend(_ burst: Burst, target: Target = Target()) -> WarmPoolAdvice {
    let none = play(burst, pool: 0)
    let enough = Int(replicas: 2 * burst.rate * burst.multiple / ratePerReplica) + 1
    let best = play(burst, pool: enough)
    let delay = (lag + interval * 1.5 + warmBoot).inSeconds
    let silent = max(0, burst.multiple - burst.headroom) * burst.rate * delay
    var advice = WarmPoolAdvice(
      replicas: 0, isReachable: true, peakQueue: none.peak, capacityAfter: none.capacityAfter,
      leastPeak: best.peak, leastCapacityAfter: best.capacityAfter, unseenFor: .seconds(delay),
      unseenQueue: silent, burst: burst, target: target)
    if keeps(none, target) { return advice }
    guard keeps(best, target) else {
      advice.isReachable = false
      return advice
    }
    var tooFew = 0
    var sufficient = enough
    while sufficient - tooFew > 1 {
      let middle = (tooFew + sufficient) / 2
      if keeps(play(burst, pool: middle), target) { sufficient = middle } else { tooFew = middle }
    }
    let outcome = play(burst, pool: sufficient)
    advice.replicas = sufficient
    advice.peakQueue = outcome.peak
    advice.capacityAfter = outcome.capacityAfter
    return advice
  }

  private func keeps(_ outcome: Outcome, _ target: Target) -> Bool {
    outcome.peak < target.queueMax && outcome.capacityAfter <= target.capacityWithin
  }
}

/// The pool that a burst needs, with the arithmetic behind it.
public struct WarmPoolAdvice: Sendable, Equatable {
  /// Replicas that must stand by; 0 where the target is kept without, or cannot be reached.
  public var replicas: Int
  /// Whether any pool keeps the target.
  public var isReachable: Bool
  /// Requests waiting at most, and the time until the capacity covers the rate, with that pool.
  public var peakQueue: Double
  public var capacityAfter: Duration
  /// The same with as large a pool as there could be.
  public var leastPeak: Double
  public var leastCapacityAfter: Duration
  /// How long nothing that is ordered for the burst can serve yet, and what gathers in that time if
  /// the burst comes at once.
  public var unseenFor: Duration
  public var unseenQueue: Double
  public var burst: WarmPoolSizing.Burst
  public var target: WarmPoolSizing.Target
}

extension WarmPoolAdvice: CustomStringConvertible {
  /// One sentence with its numbers.
  public var description: String {
    let (rate, multiple) = (burst.rate.shortText, burst.multiple.shortText)
    let arithmetic =
      "(\(multiple) − \(burst.headroom.shortText)) × \(rate)/s × \(unseenFor.shortText) = "
      + "\(unseenQueue.rounded().shortText) requests gather before anything ordered for a sudden "
      + "burst serves"
    guard isReachable else {
      return "no pool keeps \(multiple)x at \(rate)/s within \(target.queueMax.shortText) waiting "
        + "and \(target.capacityWithin.shortText): the least peak is "
        + "\(leastPeak.rounded().shortText), the least time to capacity "
        + "\(leastCapacityAfter.shortText); \(arithmetic)"
    }
    return "\(replicas) standing by keep \(multiple)x at \(rate)/s: peak queue "
      + "\(peakQueue.rounded().shortText), capacity after \(capacityAfter.shortText); \(arithmetic)"
  }
}
