import Domain

/// Mean rates in bins of equal length: history, continued with what is observed during the run.
///
/// Bin 0 is the first of history; the bin in which the evaluated window begins is `historyCount`.
/// A bin of which less than half was seen is unknown: NaN, or a repetition of its predecessor where
/// the reader wants no gaps.
struct RateBins: Sendable {
  /// Requests per second.
  private(set) var values: [Double]
  /// Steps per bin.
  let width: Int
  let historyCount: Int
  private let grid: StepGrid
  private let bridgesGaps: Bool
  /// Bins that stay readable; nil for all.
  private let kept: Int?
  /// Bins of the past that were dropped.
  private var dropped = 0
  private var nextStep = 0
  private var sum = 0.0
  private var seen = 0

  /// - Parameters:
  ///   - width: The length of a bin; at least one step is used.
  ///   - kept: How much of the past stays in `series`; nil for all of it, which `values` needs.
  init(
    demand: Demand, width: Duration, bridgesGaps: Bool = true, kept: Duration? = nil
  ) {
    values = demand.history(width: width).values
    self.width = demand.grid.period(width)
    historyCount = values.count
    grid = demand.grid
    self.bridgesGaps = bridgesGaps
    let perBin = self.width
    self.kept = kept.map { demand.grid.steps($0) / perBin + 1 }
    prune()
  }

  /// Bins that are complete so far.
  var count: Int { dropped + values.count }

  /// The bin that holds `step`.
  func bin(of step: Int) -> Int { historyCount + step / width }

  /// Steps that must stay readable if it is read every `interval` steps.
  static func lookback(interval: Int) -> Int { 2 * interval + 2 }

  /// Takes the steps that were observed since the last call.
  mutating func observe(_ view: ControllerView) {
    while nextStep < view.observed {
      if let arrivals = view.arrivals(at: nextStep) {
        sum += arrivals
        seen += 1
      }
      nextStep += 1
      if nextStep % width == 0 { complete() }
    }
  }

  /// Lets the steps that were not read yet pass unseen.
  mutating func miss(through observed: Int) {
    while nextStep < observed {
      nextStep += 1
      if nextStep % width == 0 { complete() }
    }
  }

  /// The complete bins as a series.
  var series: TimeSeries {
    TimeSeries(
      start: grid.time(at: (dropped - historyCount) * width), step: grid.step * width,
      values: values)
  }

  private mutating func complete() {
    let known = seen * 2 >= width
    if known {
      values.append(sum / (Double(seen) * grid.dt))
    } else {
      values.append(bridgesGaps ? values.last ?? 0 : .nan)
    }
    sum = 0
    seen = 0
    prune()
  }

  /// Drops what nobody reads any more, half of the array at a time.
  private mutating func prune() {
    guard let kept, values.count > 2 * kept else { return }
    let excess = values.count - kept
    values.removeFirst(excess)
    dropped += excess
  }
}
