import Domain

/// The warm pool that a scenario's surprises ask for, found by running the policy with it: the
/// smallest that reaches every goal that any pool can reach, where what the last goals cost more is
/// less than a twentieth of the bill; else the smallest with the targets in as many surprises.
public struct StandbyAdvice: Sendable, Equatable {
  /// What is asked of every surprise.
  public struct Target: Sendable, Equatable {
    /// Requests that may wait; the queue stays below.
    public var queue: Double
    /// From the burst's start to enough capacity, where the rise is not longer.
    public var timeToCapacity: Duration

    public init(queue: Double, timeToCapacity: Duration = .seconds(90)) {
      self.queue = queue
      self.timeToCapacity = timeToCapacity
    }

    func isKept(by score: BurstScore, rise: Duration) -> Bool {
      goals(score, rise: rise).prefix(2).allSatisfy { $0 }
    }

    /// The queue, the time to capacity, and the objective over the burst's own requests, which only
    /// a long burst can keep that has to be seen first.
    func goals(_ score: BurstScore, rise: Duration) -> [Bool] {
      [
        score.peakQueue < queue,
        score.timeToCapacity <= max(timeToCapacity, rise).inSeconds + 1e-9,
        score.keepsObjective,
      ]
    }
  }

  /// One surprise.
  public struct Burst: Sendable, Equatable {
    /// How it goes with the pool that is recommended.
    public var score: BurstScore
    public var isKept: Bool
    /// The longest queue with as many warm replicas as it could possibly use.
    public var leastQueue: Double
    /// Seconds until there is enough capacity with as many.
    public var leastTimeToCapacity: Double
    /// Why it is not less.
    public var arithmetic: BurstArithmetic
  }

  public var policy: String
  public var target: Target
  /// Replicas that stand by; 0 if no pool is needed, or none would help.
  public var size: Int
  /// From taking a warm replica to its first request, and its share of a serving one's price.
  public var boot: Duration
  public var cost: Double
  /// A shorter drain time that goes with the pool; nil where the policy's own does.
  public var drain: Duration?
  public var bursts: [Burst]
  /// With the pool and with none.
  public var outcome: PolicyOutcome
  public var without: PolicyOutcome

  public var keptCount: Int { bursts.count { $0.isKept } }
}
