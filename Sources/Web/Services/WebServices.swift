public import Domain

/// Everything that the server shows or takes in, as functions: the store's readers and the running
/// loop's state, handed over by whoever starts the server.
///
/// A function that throws makes its route answer 503 with a problem document; the thrown error goes
/// to the log only. None is called on an event loop that it could block for long, but all share the
/// concurrency pool: what waits for the disk should be `async`.
public struct WebServices: Sendable {
  /// The loop's time (in a demonstration it runs faster than the clock on the wall).
  public var now: @Sendable () -> Timestamp
  /// Every configured service, in the order in which they should be listed.
  public var services: @Sendable () async -> [ServiceStatus]
  /// One service; nil if it is not configured.
  public var service: @Sendable (ServiceID) async -> ServiceStatus?
  /// Means over steps that begin at the range's start; unknown is NaN. For `.queue` the largest
  /// value of a step is more telling than its mean.
  public var samples: @Sendable (ServiceID, Sample.Metric, TimeGrid) async throws -> TimeSeries
  /// When the target changed within the range, ascending, with the change before it first, so that
  /// the value at the range's start is known.
  public var targets: @Sendable (ServiceID, TimeGrid) async throws -> [TargetChange]
  /// The newest decisions, newest first, at most `limit`.
  public var decisions: @Sendable (ServiceID, _ limit: Int) async throws -> [Decision]
  /// The forecast now in force, from now on; nil if there is none.
  public var forecast: @Sendable (ServiceID) async throws -> ForecastCurve?
  /// What was expected over a past range; nil where nothing was kept.
  public var pastForecast: @Sendable (ServiceID, TimeGrid) async throws -> ForecastCurve?
  /// How the forecasts did; nil if nothing is known yet.
  public var accuracy: @Sendable (ServiceID) async throws -> AccuracyReport?
  /// The size that an outside scaler should run.
  public var replicas: @Sendable (ServiceID) async -> ReplicaAnswer
  /// Takes samples in; returns after they are on the disk, one entry per sample, nil for taken.
  public var ingest: @Sendable ([Sample]) async throws -> [SampleRefusal?]
  /// The figures for `/metrics`.
  public var metrics: @Sendable () async -> MetricsSnapshot
  /// What must hold before work is sent here: the store is open, a first tick has run, ….
  public var readiness: @Sendable () async -> [ReadinessCheck]

  /// Why the process can only be started anew; nil while it does its work.
  public var failure: @Sendable () -> String? = { nil }
  /// A table for the cost team; throws `ExportRefusal` where it is not given.
  public var export: @Sendable (ExportQuestion) async throws -> ExportStream = { _ in
    throw ExportRefusal.unavailable
  }

  /// Takes an operator's word; nil where the server only shows.
  public var desk: OperatorDesk?

  public init(
    now: @escaping @Sendable () -> Timestamp,
    services: @escaping @Sendable () async -> [ServiceStatus],
    service: @escaping @Sendable (ServiceID) async -> ServiceStatus?,
    samples: @escaping @Sendable (ServiceID, Sample.Metric, TimeGrid) async throws -> TimeSeries,
    targets: @escaping @Sendable (ServiceID, TimeGrid) async throws -> [TargetChange],
    decisions: @escaping @Sendable (ServiceID, _ limit: Int) async throws -> [Decision],
    forecast: @escaping @Sendable (ServiceID) async throws -> ForecastCurve?,
    pastForecast: @escaping @Sendable (ServiceID, TimeGrid) async throws -> ForecastCurve?,
    accuracy: @escaping @Sendable (ServiceID) async throws -> AccuracyReport?,
    replicas: @escaping @Sendable (ServiceID) async -> ReplicaAnswer,
    ingest: @escaping @Sendable ([Sample]) async throws -> [SampleRefusal?],
    metrics: @escaping @Sendable () async -> MetricsSnapshot,
    readiness: @escaping @Sendable () async -> [ReadinessCheck]
  ) {
    self.now = now
    self.services = services
    self.service = service
    self.samples = samples
    self.targets = targets
    self.decisions = decisions
    self.forecast = forecast
    self.pastForecast = pastForecast
    self.accuracy = accuracy
    self.replicas = replicas
    self.ingest = ingest
    self.metrics = metrics
    self.readiness = readiness
  }
}

/// A time from which a target holds.
public struct TargetChange: Sendable, Equatable {
  public var time: Timestamp
  public var target: Int

  public init(time: Timestamp, target: Int) {
    self.time = time
    self.target = target
  }

  /// The changes that decisions of one service made, ascending; decisions that left the target as it
  /// was are passed over.
  public static func changes(in decisions: [Decision]) -> [TargetChange] {
    var changes: [TargetChange] = []
    for decision in decisions.sorted(by: { $0.time < $1.time })
    where changes.last?.target != decision.target {
      changes.append(TargetChange(time: decision.time, target: decision.target))
    }
    return changes
  }
}

/// An answer for a scaler outside that asks for the size.
public enum ReplicaAnswer: Sendable, Equatable {
  /// - Parameters:
  ///   - replicas: what should run.
  ///   - floor: the least that should run whatever else is measured.
  ///   - decidedAt: of the decision behind it.
  ///   - validUntil: after this the answer is not given any more.
  case known(replicas: Int, floor: Int, decidedAt: Timestamp, validUntil: Timestamp)
  /// It cannot be vouched for; the sentence says why.
  case unknown(String)
}

/// One condition of being ready.
public struct ReadinessCheck: Sendable, Equatable {
  public var name: String
  public var passes: Bool
  /// One sentence.
  public var detail: String

  public init(name: String, passes: Bool, detail: String) {
    self.name = name
    self.passes = passes
    self.detail = detail
  }
}
