import Charts
import Domain
import Simulation

/// What a policy's decisions planned for over a stretch of a run, thinned as its steps are.
struct OutlookRecording: Sendable {
  private struct Bucket: Sendable {
    var median = 0.0
    var upper = 0.0
    var count = 0
  }

  private let steps: Range<Int>
  private let width: Int
  private var buckets: [Bucket]
  /// The lowest and the highest level that decisions planned with; nil if none had a forecast.
  private(set) var levels: ClosedRange<Double>?

  /// The buckets of `recording`.
  init(like recording: StretchRecording) {
    steps = recording.steps
    width = recording.width
    buckets = Array(repeating: Bucket(), count: recording.buckets.count)
  }

  mutating func add(_ outlook: DemandOutlook) {
    guard steps.contains(outlook.step) else { return }
    let index = (outlook.step - steps.lowerBound) / width
    buckets[index].median += outlook.median
    buckets[index].upper += outlook.upper
    buckets[index].count += 1
    let lowest = min(levels?.lowerBound ?? outlook.level, outlook.level)
    levels = lowest...max(levels?.upperBound ?? outlook.level, outlook.level)
  }

  /// Mean medians and mean upper ends per bucket in which something was decided; nil if there is
  /// none.
  func band(on grid: StepGrid) -> (median: TimedValues, upper: TimedValues)? {
    guard levels != nil else { return nil }
    let start = Double(grid.time(at: steps.lowerBound).seconds)
    func series(_ sum: (Bucket) -> Double) -> TimedValues {
      // A bucket without a decision, finer than the control interval, goes on with the last one.
      var last = Double.nan
      let values = buckets.map { bucket in
        if bucket.count > 0 { last = sum(bucket) / Double(bucket.count) }
        return last
      }
      return TimedValues(start: start, step: Double(width) * grid.dt, values: values)
    }
    return (series(\.median), series(\.upper))
  }
}
