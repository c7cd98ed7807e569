import Domain

/// Follows one burst through the run.
struct BurstWatch: Sendable {
  private let burst: Burst
  private let kind: BurstKind
  /// The burst's first step, the first after its rise, and the first after its fall.
  let first: Int
  private let risen: Int
  let end: Int
  private let dt: Double

  private var capacityStep: Int?
  private var drainStep: Int?
  private var peakQueue = 0.0
  private var arrivals = 0.0
  private var admitted = 0.0
  private var late = 0.0
  private var start: (rate: Double, ready: Int) = (0, 0)
  private var peakRate = 0.0
  private var billedSteps = 0.0

  init(_ burst: Burst, kind: BurstKind, grid: StepGrid) {
    self.burst = burst
    self.kind = kind
    dt = grid.dt
    first = grid.steps(burst.start)
    risen = grid.steps(burst.start + burst.rise)
    end = grid.steps(burst.start + burst.length)
  }

  /// Nothing more to learn from later steps.
  var isOver: Bool { drainStep != nil }

  /// - Parameters:
  ///   - late: Requests of the step that are served too late.
  ///   - billed: Replicas of the step as they are billed.
  mutating func add(
    _ record: StepRecord, capacity: Double, late lateRequests: Double, billed: Double
  ) {
    guard record.step >= first else { return }
    if record.step == first { start = (record.rate, record.ready) }
    if record.step < end {
      peakRate = max(peakRate, record.rate)
      billedSteps += billed
      peakQueue = max(peakQueue, record.queue)
      arrivals += record.arrivals
      admitted += record.arrivals - record.dropped
      late += lateRequests
      if capacityStep == nil, record.step >= risen, capacity >= record.arrivals - 1e-9 {
        capacityStep = record.step
      }
    }
    if drainStep == nil, record.step >= capacityStep ?? end, record.queue <= 1e-9 {
      drainStep = record.step
    }
  }

  func score(lastStep: Int) -> BurstScore {
    let begin = burst.start.inSeconds
    var score = BurstScore(
      start: burst.start, isAnnounced: burst.isAnnounced, kind: kind,
      timeToCapacity: capacityStep.map { Double($0) * dt - begin } ?? burst.length.inSeconds,
      timeToDrain: Double(drainStep ?? lastStep + 1) * dt - begin)
    score.peakQueue = peakQueue
    score.rateBefore = start.rate
    score.readyBefore = start.ready
    score.peakRate = peakRate
    score.replicaSeconds = billedSteps * dt
    if admitted > 0 { score.late = late / admitted }
    if arrivals > 0 { score.availability = admitted / arrivals }
    return score
  }
}
