/// Evenly spaced means: element *i* covers `[start + i·step, start + (i+1)·step)`.
///
/// Unknown is stored as NaN in `values`, so that eight weeks of five-minute means are 126 KiB and
/// go to the numeric core as they are; `subscript` gives it back as nil.
public struct TimeSeries: Sendable, Equatable {
  public var start: Timestamp
  public var step: Duration
  public var values: [Double]

  /// - Precondition: `step` is a whole number of seconds, at least one.
  public init(start: Timestamp, step: Duration, values: [Double]) {
    precondition(
      step >= .seconds(1) && step.components.attoseconds == 0, "a step is whole seconds")
    self.start = start
    self.step = step
    self.values = values
  }

  public var count: Int { values.count }

  /// The first instant after the last element.
  public var end: Timestamp {
    Timestamp(seconds: start.seconds + Int64(values.count) * step.wholeSeconds)
  }

  /// The mean over element `index`, nil where it is unknown or outside the series.
  public subscript(index: Int) -> Double? {
    guard values.indices.contains(index), !values[index].isNaN else { return nil }
    return values[index]
  }

  public func time(at index: Int) -> Timestamp {
    Timestamp(seconds: start.seconds + Int64(index) * step.wholeSeconds)
  }

  /// The element that covers `time`; may lie outside `values`.
  public func index(at time: Timestamp) -> Int {
    let width = step.wholeSeconds
    let distance = time.seconds - start.seconds
    return Int(distance >= 0 ? distance / width : (distance - width + 1) / width)
  }

  /// The known elements.
  public var knownCount: Int { values.reduce(0) { $1.isNaN ? $0 : $0 + 1 } }

  /// The part within `[from, to)`, cut at whole elements.
  public func slice(from: Timestamp, to: Timestamp) -> TimeSeries {
    let low = min(max(0, index(at: from)), count)
    let high = min(max(low, index(at: to)), count)
    return TimeSeries(start: time(at: low), step: step, values: Array(values[low..<high]))
  }

  /// Means over a step that is `factor` times as long. The grid is aligned to multiples of the new
  /// step since 1970. A new element is unknown unless at least half of what it covers is known.
  public func coarsened(by factor: Int) -> TimeSeries {
    precondition(factor > 0, "a factor counts steps")
    guard factor > 1, let first = values.indices.first else { return self }
    let wide: Duration = step * factor
    let aligned = time(at: first).floored(to: wide)
    let lead = Int((start.seconds - aligned.seconds) / step.wholeSeconds)
    let wideCount = (lead + values.count + factor - 1) / factor
    var sums = [Double](repeating: 0, count: wideCount)
    var counts = [Int](repeating: 0, count: wideCount)
    for (index, value) in values.enumerated() where !value.isNaN {
      sums[(lead + index) / factor] += value
      counts[(lead + index) / factor] += 1
    }
    let means = zip(sums, counts).map { sum, known in
      known * 2 >= factor ? sum / Double(known) : Double.nan
    }
    return TimeSeries(start: aligned, step: wide, values: means)
  }
}
