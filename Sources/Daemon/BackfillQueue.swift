import Domain

/// Whose past is read when: at most two groups of services at once, so that no server is flooded when
/// a fleet starts, and one that failed again later and later.
struct BackfillQueue: Sendable {
  struct Job: Sendable, Equatable {
    var source: String
    /// Read together.
    var services: [ServiceID]
    fileprivate(set) var failures = 0
    fileprivate(set) var notBefore = Timestamp.earliest

    init(source: String, services: [ServiceID]) {
      self.source = source
      self.services = services
    }
  }

  static let mostAtOnce = 2
  static let firstPause: Duration = .seconds(60)
  static let longestPause: Duration = .seconds(3600)

  private var waiting: [Job] = []
  private var running = 0
  private(set) var isClosed = false

  mutating func add(_ job: Job) { waiting.append(job) }

  /// Takes the first that is due.
  mutating func start(at now: Timestamp) -> Job? {
    guard !isClosed, running < Self.mostAtOnce,
      let index = waiting.firstIndex(where: { $0.notBefore <= now })
    else { return nil }
    running += 1
    return waiting.remove(at: index)
  }

  mutating func finish() { running -= 1 }

  /// - Returns: how long it waits for the next attempt.
  mutating func fail(_ job: Job, at now: Timestamp) -> Duration {
    running -= 1
    var job = job
    var pause = Self.firstPause
    for _ in 0..<job.failures where pause < Self.longestPause { pause = pause * 2 }
    pause = min(pause, Self.longestPause)
    job.failures += 1
    job.notBefore = now + pause
    waiting.append(job)
    return pause
  }

  /// Nothing starts any more: the process ends.
  mutating func close() { isClosed = true }
}
