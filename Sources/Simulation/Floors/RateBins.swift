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
  private var nextStep = 0
  private var sum = 0.0
  private var seen = 0

  /// - Parameter width: The length of a bin; at least one step is used.
  init(demand: Demand, width: Duration, bridgesGaps: Bool = true) {
    values = demand.history(width: width).values
    self.width = demand.grid.period(width)
    historyCount = values.count
    grid = demand.grid
    self.bridgesGaps = bridgesGaps
  }

  /// Bins that are complete so far.
  var count: Int { values.count }

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
      start: grid.time(at: -historyCount * width), step: grid.step * width, values: values)
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
  }
}
