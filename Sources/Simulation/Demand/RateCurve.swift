import Domain

/// A trace as a continuous rate: straight lines between the centres of the trace's intervals, level
/// before the first and after the last. Unknown intervals are bridged by the line between their
/// neighbours.
///
/// Reads forward only; each read costs O(1) on average and the trace is not copied.
struct RateCurve: Sendable {
  private let values: [Double]
  private let resolution: Double
  private var left: Int
  private var right: Int

  /// Nil if the trace holds no known value.
  init?(trace: TimeSeries) {
    guard let first = trace.values.firstIndex(where: { !$0.isNaN }) else { return nil }
    values = trace.values
    resolution = trace.step.inSeconds
    left = first
    right = first
    right = nextKnown(after: first)
  }

  /// The rate at `seconds` after the trace's start; reads must not go back in time.
  mutating func rate(at seconds: Double) -> Double {
    while right > left && centre(right) <= seconds {
      left = right
      right = nextKnown(after: left)
    }
    let base = centre(left)
    guard right > left, seconds > base else { return values[left] }
    let share = (seconds - base) / (centre(right) - base)
    return values[left] + (values[right] - values[left]) * share
  }

  private func centre(_ index: Int) -> Double {
    (Double(index) + 0.5) * resolution
  }

  /// The next known interval, or `index` itself at the end.
  private func nextKnown(after index: Int) -> Int {
    var next = index + 1
    while next < values.count && values[next].isNaN { next += 1 }
    return next < values.count ? next : index
  }
}
