import Domain

/// What a policy achieved over the evaluated window, and at what cost. Shares are fractions.
public struct Scorecard: Sendable, Equatable {
  /// Billed: serving and booting replicas, and the warm pool at its fraction of the price.
  public var replicaSeconds = 0.0
  /// Over the zero-wait oracle's replica-seconds.
  public var oracleRatio = 0.0
  /// Admitted requests that waited longer than the objective, of the admitted ones.
  public var late = 0.0
  /// Requests that the full queue turned away, of all that arrived.
  public var dropped = 0.0
  /// Requests that were dropped or late, of all that arrived.
  public var violation = 0.0
  /// 1 minus `dropped`.
  public var availability = 1.0
  /// Seconds in the queue; infinite where requests are never served.
  public var p50Wait = 0.0
  public var p99Wait = 0.0
  /// The longest queue at the end of any step, in requests.
  public var peakQueue = 0.0
  /// Time in which fewer replicas served than the true rate needed.
  public var underprovisionedSeconds = 0.0
  /// Replica-time above the need, over the need.
  public var overprovisionRatio = 0.0
  /// Decisions that changed the size.
  public var actions = 0
  public var bursts: [BurstScore] = []

  public var replicaHours: Double { replicaSeconds / 3600 }

  public init() {}
}

/// How one burst went.
public struct BurstScore: Sendable, Equatable {
  /// Counted from the start of the evaluated window.
  public var start: Duration
  public var isAnnounced: Bool
  public var kind: BurstKind
  /// From the burst's start to the first step after its rise whose capacity covers what arrives;
  /// the burst's length if there is none.
  public var timeToCapacity: Double
  /// From the burst's start to the first empty queue after that; to the end of the run if the queue
  /// never empties.
  public var timeToDrain: Double
  /// The longest queue within the burst.
  public var peakQueue = 0.0
  /// Of the requests admitted within the burst, those that waited longer than the objective.
  public var late = 0.0
  /// Of the requests that arrived within the burst, those that were served.
  public var availability = 1.0
  /// The rate when it began, requests per second, and the replicas that served then.
  public var rateBefore = 0.0
  public var readyBefore = 0
  /// The highest rate within the burst.
  public var peakRate = 0.0
  /// Billed from its start to its end, the warm pool included.
  public var replicaSeconds = 0.0
  /// That, over what an HPA on 50 % CPU bills for the same hours without the burst; nil where that
  /// was not computed.
  public var costOverCalm: Double?

  /// Whether the burst's own p99 wait kept the objective.
  public var keepsObjective: Bool { late <= 0.01 && availability >= 0.99 }
}
