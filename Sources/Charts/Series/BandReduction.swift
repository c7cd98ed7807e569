/// A stretch of known band between two gaps, one entry per pixel column.
struct BandRun: Equatable {
  var positions: [Double] = []
  var lower: [Double] = []
  var upper: [Double] = []
  var end = 0.0
}

/// Thins a band to its envelope: the lowest lower and the highest upper edge of each pixel column.
///
/// Where either edge is unknown the band has a gap. O(n) time.
struct BandReduction {
  private var runs: [BandRun] = []
  private var run = BandRun()
  private var column = -Double.infinity

  /// - Parameter scale: the time axis; one picture unit is one column.
  static func runs(lower: TimedValues, upper: TimedValues, on scale: Scale) -> [BandRun] {
    var reduction = BandReduction()
    for index in 0..<min(lower.times.count, upper.times.count) {
      let time = lower.times[index]
      let next = index + 1 < lower.times.count ? lower.times[index + 1] : lower.end
      guard max(next, time) >= scale.lower else { continue }
      if time > scale.upper, (reduction.run.positions.last ?? -.infinity) >= scale.end { break }
      let position = scale.position(time)
      let low = lower.values[index]
      let high = upper.values[index]
      if low.isFinite, high.isFinite {
        reduction.add(low, high, at: position)
      } else {
        reduction.endRun(at: position)
      }
    }
    reduction.endRun(at: scale.position(lower.end))
    return reduction.runs
  }

  private mutating func add(_ low: Double, _ high: Double, at position: Double) {
    let number = position.rounded(.down)
    let last = run.positions.count - 1
    if number == column, last >= 0 {
      run.lower[last] = min(run.lower[last], low)
      run.upper[last] = max(run.upper[last], high)
      return
    }
    column = number
    run.positions.append(position)
    run.lower.append(low)
    run.upper.append(high)
  }

  private mutating func endRun(at position: Double) {
    guard !run.positions.isEmpty else { return }
    run.end = max(position, run.positions[run.positions.count - 1])
    runs.append(run)
    run = BandRun()
    column = -.infinity
  }
}
