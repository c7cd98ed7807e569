import Charts
import Domain
import Simulation

/// A stretch of a run, thinned to equal buckets while the run goes on: its memory depends on the
/// number of buckets, not on the steps.
struct StretchRecording: Sendable {
  /// What is kept of the steps of one bucket.
  struct Bucket: Sendable {
    var steps = 0
    /// Sums over the steps.
    var rate = 0.0
    var arrivals = 0.0
    /// Late and dropped requests.
    var violations = 0.0
    /// The longest queue.
    var queue = 0.0
    /// Serving and needed replicas in the step in which most were missing (or fewest to spare), so
    /// that the pair is one that really occurred.
    var ready = 0
    var need = 0
  }

  /// Steps of the evaluated window.
  private(set) var steps: Range<Int>
  /// Steps in a bucket; the last one may hold fewer.
  let width: Int
  private(set) var buckets: [Bucket]

  /// - Parameters:
  ///   - steps: not empty.
  ///   - finest: the fewest steps that a bucket may have.
  ///   - limit: the most buckets.
  init(_ steps: Range<Int>, finest: Int = 1, limit: Int) {
    self.steps = steps
    width = max(1, finest, (steps.count + limit - 1) / max(1, limit))
    buckets = Array(repeating: Bucket(), count: (steps.count + width - 1) / width)
  }

  /// Takes a step of the run; those outside the stretch are passed over.
  mutating func add(_ record: StepRecord, violations: Double) {
    guard steps.contains(record.step) else { return }
    let index = (record.step - steps.lowerBound) / width
    var bucket = buckets[index]
    if bucket.steps == 0 || record.need - record.ready > bucket.need - bucket.ready {
      bucket.ready = record.ready
      bucket.need = record.need
    }
    bucket.steps += 1
    bucket.rate += record.rate
    bucket.arrivals += record.arrivals
    bucket.violations += violations
    bucket.queue = max(bucket.queue, record.queue)
    buckets[index] = bucket
  }

  /// One value per bucket that has steps, on the time axis of pictures.
  func values(on grid: StepGrid, _ value: (Bucket) -> Double) -> TimedValues {
    let start = Double(grid.time(at: steps.lowerBound).seconds)
    return TimedValues(
      start: start, step: Double(width) * grid.dt,
      values: buckets.map { $0.steps == 0 ? .nan : value($0) })
  }

  func rate(on grid: StepGrid) -> TimedValues { values(on: grid) { $0.rate / Double($0.steps) } }
  func ready(on grid: StepGrid) -> TimedValues { values(on: grid) { Double($0.ready) } }
  func need(on grid: StepGrid) -> TimedValues { values(on: grid) { Double($0.need) } }
  func queue(on grid: StepGrid) -> TimedValues { values(on: grid, \.queue) }

  /// The stretch's edges in Unix seconds.
  func range(on grid: StepGrid) -> ClosedRange<Double> {
    let start = Double(grid.time(at: steps.lowerBound).seconds)
    return start...max(start, Double(grid.time(at: steps.upperBound).seconds))
  }

  /// Late and dropped requests, and those that arrived, in the buckets that begin within `range`.
  func violations(in range: Range<Int>) -> (late: Double, arrivals: Double) {
    var sum = (late: 0.0, arrivals: 0.0)
    for (index, bucket) in buckets.enumerated()
    where range.contains(steps.lowerBound + index * width) {
      sum.late += bucket.violations
      sum.arrivals += bucket.arrivals
    }
    return sum
  }

  /// The buckets that begin within `range`, as a recording of their own.
  func part(_ range: Range<Int>) -> StretchRecording {
    let first = max(0, (range.lowerBound - steps.lowerBound + width - 1) / width)
    let last = min(buckets.count, (range.upperBound - steps.lowerBound + width - 1) / width)
    var part = self
    part.buckets = first < last ? Array(buckets[first..<last]) : []
    let begin = steps.lowerBound + first * width
    part.steps = begin..<max(begin, min(steps.upperBound, steps.lowerBound + last * width))
    return part
  }
}
