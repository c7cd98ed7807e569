/// A season of a window that holds whole periods of it without jumps or gaps: the steps of one state
/// are a period apart, so that its robust means need no sorting by state.
struct EvenSeason {
  /// Steps of the season, and periods in the window.
  let length: Int
  let periods: Int
  /// Where in the season the window begins.
  let phase: Int

  /// - Parameters:
  ///   - indices: Of each step of the window, the season's states counted from `first`.
  /// - Returns: nil if the season jumps or its last period is not whole.
  init?(_ indices: UnsafeBufferPointer<Int32>, steps: Int, first: Int, length: Int) {
    guard steps > 0, steps <= indices.count, steps.isMultiple(of: length) else { return nil }
    let begin = Int(indices[0]) - first
    guard (0..<length).contains(begin) else { return nil }
    var state = Int32(first + begin)
    let (lowest, end) = (Int32(first), Int32(first + length))
    for step in 0..<steps {
      guard indices[step] == state else { return nil }
      state = state + 1 == end ? lowest : state + 1
    }
    self.length = length
    periods = steps / length
    phase = begin
  }

  /// The state, from 0, of the step at a place in every period.
  private func state(_ place: Int) -> Int {
    place + phase < length ? place + phase : place + phase - length
  }

  /// Adds each state's mean to `seasonal` and takes it off the values; those beyond four median
  /// deviations from their state's median count as at that bound.
  ///
  /// - Parameters:
  ///   - values: Of the window, all known.
  ///   - seasonal: The season's states.
  ///   - sampled: Values that a state's median is taken of, at most; deviations that theirs is.
  func takeRobustMeans(
    of values: UnsafeMutableBufferPointer<Double>,
    to seasonal: UnsafeMutableBufferPointer<Double>, sampled: (values: Int, deviations: Int)
  ) {
    withUnsafeTemporaryAllocation(of: Double.self, capacity: 2 * length) { memory in
      let medians = UnsafeMutableBufferPointer(rebasing: memory[..<length])
      let sums = UnsafeMutableBufferPointer(rebasing: memory[length...])
      sums.initialize(repeating: 0)
      takeMedians(of: values, sampled.values, into: medians)
      let bound = bound(values, medians, sampled.deviations)
      for period in 0..<periods {
        let row = UnsafeMutableBufferPointer(rebasing: values[(period * length)...])
        for place in 0..<length {
          sums[place] += min(max(row[place], medians[place] - bound), medians[place] + bound)
        }
      }
      for place in 0..<length {
        sums[place] /= Double(periods)
        seasonal[state(place)] += sums[place]
      }
      for period in 0..<periods {
        let row = UnsafeMutableBufferPointer(rebasing: values[(period * length)...])
        for place in 0..<length { row[place] -= sums[place] }
      }
    }
  }

  private func takeMedians(
    of values: UnsafeMutableBufferPointer<Double>, _ sampled: Int,
    into medians: UnsafeMutableBufferPointer<Double>
  ) {
    let count = min(periods, sampled)
    guard count == 5 else {
      for place in 0..<length {
        let sorted = (0..<count).map { values[place + $0 * periods / count * length] }.sorted()
        medians[place] =
          count % 2 == 1
          ? sorted[count / 2] : 0.5 * (sorted[count / 2 - 1] + sorted[count / 2])
      }
      return
    }
    let rows = (0..<count).map { $0 * periods / count * length }
    let (first, second, third, fourth, fifth) = (rows[0], rows[1], rows[2], rows[3], rows[4])
    for place in 0..<length {
      let (a, b) = (values[place + first], values[place + second])
      let (c, d) = (values[place + third], values[place + fourth])
      let e = values[place + fifth]
      // The median of five is the one of the fifth and the middle two of the pairs' ends.
      let low = max(min(a, b), min(c, d))
      let high = min(max(a, b), max(c, d))
      medians[place] = max(min(e, low), min(max(e, low), high))
    }
  }

  /// Four times the middle of the deviations, or of some spread evenly over all when there are many.
  private func bound(
    _ values: UnsafeMutableBufferPointer<Double>, _ medians: UnsafeMutableBufferPointer<Double>,
    _ sampled: Int
  ) -> Double {
    guard periods > 2 else { return .infinity }
    let total = length * periods
    var deviations = stride(from: 0, to: total, by: max(1, total / sampled)).map { index in
      let state = index / periods
      let place = state >= phase ? state - phase : state - phase + length
      return (values[place + index % periods * length] - medians[place]).magnitude
    }
    deviations.sort()
    return 4 * Order.median(sorted: deviations)
  }
}
