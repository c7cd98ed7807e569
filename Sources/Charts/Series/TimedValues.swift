/// Values over time, as a picture needs them.
///
/// A value that is not finite is unknown and is drawn as a gap, never as zero.
public struct TimedValues: Sendable, Equatable {
  /// Unix seconds, ascending.
  public let times: [Double]
  /// One per time, in the chart's unit.
  public let values: [Double]
  /// Unix seconds up to which the last value holds (step lines are drawn that far).
  public let end: Double

  /// - Parameters:
  ///   - times: Unix seconds, ascending (equal neighbours make a vertical line).
  ///   - values: as many as `times`.
  ///   - end: until when the last value holds; the last time if nil.
  public init(times: [Double], values: [Double], end: Double? = nil) {
    precondition(times.count == values.count, "a time for each value")
    self.times = times
    self.values = values
    self.end = end ?? times.last ?? 0
  }

  /// Evenly spaced: value *i* holds over `[start + i·step, start + (i+1)·step)`.
  public init(start: Double, step: Double, values: [Double]) {
    precondition(step > 0, "a step has a length")
    times = values.indices.map { start + Double($0) * step }
    self.values = values
    end = start + Double(values.count) * step
  }

  public var isEmpty: Bool { values.isEmpty }

  /// The smallest and the largest known value, or nil where none is known.
  public var extent: ClosedRange<Double>? {
    var low = Double.infinity
    var high = -Double.infinity
    for value in values where value.isFinite {
      low = min(low, value)
      high = max(high, value)
    }
    return low <= high ? low...high : nil
  }

  /// The value that holds at `time`: of the last time not after it; NaN before the first.
  func held(at time: Double) -> Double {
    var low = 0
    var high = times.count
    while low < high {
      let middle = (low + high) / 2
      if times[middle] <= time { low = middle + 1 } else { high = middle }
    }
    return low == 0 || time > end ? .nan : values[low - 1]
  }
}
