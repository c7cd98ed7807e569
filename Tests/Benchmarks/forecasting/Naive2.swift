/// The competition's benchmark: the last value, seasonally adjusted by classical multiplicative
/// decomposition with 24 hours where the autocorrelation test finds a season.
enum Naive2 {
  static let period = 24

  /// Mean absolute change from one day to the next: the denominator of MASE.
  static func scale(_ history: [Double]) -> Double {
    let changes = zip(history.dropFirst(period), history).map { ($0 - $1).magnitude }
    return changes.reduce(0, +) / Double(changes.count)
  }

  static func forecast(_ history: [Double], steps: Int) -> [Double] {
    let indices = isSeasonal(history) ? seasonalIndices(history) : nil
    let last = history.count - 1
    guard let indices else { return Array(repeating: history[last], count: steps) }
    let adjusted = history[last] / indices[last % period]
    return (1...steps).map { adjusted * indices[(last + $0) % period] }
  }

  /// Whether the autocorrelation at the period exceeds its 90 % limit.
  private static func isSeasonal(_ history: [Double]) -> Bool {
    let mean = history.reduce(0, +) / Double(history.count)
    let centred = history.map { $0 - mean }
    let variance = centred.reduce(0) { $0 + $1 * $1 }
    func correlation(_ lag: Int) -> Double {
      zip(centred.dropFirst(lag), centred).reduce(0) { $0 + $1.0 * $1.1 } / variance
    }
    let squares = (1..<period).reduce(0.0) { $0 + correlation($1) * correlation($1) }
    let limit = 1.645 * ((1 + 2 * squares) / Double(history.count)).squareRoot()
    return correlation(period).magnitude > limit
  }

  /// Mean ratio of each hour to the centred moving average, scaled to a mean of 1.
  private static func seasonalIndices(_ history: [Double]) -> [Double] {
    let half = period / 2
    var sums = Array(repeating: 0.0, count: period)
    var counts = sums
    for step in half..<(history.count - half) {
      let ends = 0.5 * (history[step - half] + history[step + half])
      let inner = history[(step - half + 1)..<(step + half)].reduce(0, +)
      sums[step % period] += history[step] * Double(period) / (ends + inner)
      counts[step % period] += 1
    }
    let means = zip(sums, counts).map { $0 / $1 }
    let mean = means.reduce(0, +) / Double(period)
    return means.map { $0 / mean }
  }
}
