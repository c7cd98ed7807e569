/// The rows that one block of horizons is fitted on, oldest target first.
struct DirectRows {
  let values: [Double]
  /// Rows whose targets each history knows, one count per cut.
  let ends: [Int]

  /// Rows per block are no more than about this many.
  static let mostRows = 6000

  init(
    _ block: ClosedRange<Int>, _ features: DirectFeatures, count: Int, known: [Bool], cuts: [Int]
  ) {
    // Three horizons speak for a longer block.
    let horizons =
      block.count <= 3
      ? Array(block)
      : [block.lowerBound, (block.lowerBound + block.upperBound) / 2, block.upperBound]
    let firstTarget = features.reach(horizon: block.upperBound) + block.upperBound
    let step = max(1, (count - firstTarget) * horizons.count / Self.mostRows)
    let width = NormalEquations.width(features: DirectFeatures.count)
    var rows = Array(
      repeating: 0.0, count: ((count - firstTarget) / step + 1) * horizons.count * width)
    var ends: [Int] = []
    var rowCount = 0
    var remaining = cuts[...]
    for target in stride(from: firstTarget, to: count, by: step) {
      while let cut = remaining.first, target >= count - cut {
        ends.append(rowCount)
        remaining.removeFirst()
      }
      guard known[target] else { continue }
      for horizon in horizons {
        let start = rowCount * width
        features.write(origin: target - horizon, horizon: horizon, into: &rows, at: start)
        rows[start + DirectFeatures.count] = features.target(
          origin: target - horizon, horizon: horizon)
        rowCount += 1
      }
    }
    for _ in remaining { ends.append(rowCount) }
    values = rows
    self.ends = ends
  }

  /// Least squares' equations of every history: sums over a prefix of the rows serve them all.
  func equations() -> [NormalEquations] {
    let even = Array(repeating: 1.0, count: ends.last ?? 0)
    var sums = NormalEquations(features: DirectFeatures.count)
    var done = 0
    return ends.map { end in
      sums.add(values, even, done..<end)
      done = end
      return sums
    }
  }

  /// Equations of one history that bring its coefficients nearer to least absolute errors.
  func reweighted(
    _ history: Int, coefficients: [Double], scale: Double, least: Double
  ) -> NormalEquations {
    var equations = NormalEquations(features: DirectFeatures.count)
    let weights = equations.absoluteErrorWeights(
      values, count: ends[history], coefficients: coefficients, scale: scale, least: least)
    equations.add(values, weights, 0..<ends[history])
    return equations
  }
}
