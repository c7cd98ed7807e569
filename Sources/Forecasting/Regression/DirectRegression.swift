/// A direct multi-horizon regression: for each block of horizons its own linear function of what is
/// known at the origin, shrunk toward the seasonal naive forecast, with least absolute errors by
/// reweighting. Unlike a recursion it does not feed on its own forecasts.
struct DirectRegression: Sendable, Equatable {
  /// Horizons of each block; together 1 … the furthest.
  let blocks: [ClosedRange<Int>]
  /// Coefficients per block; empty for a block that stays seasonal naive.
  let coefficients: [[Double]]

  /// Part of the mean diagonal that shrinks the coefficients.
  static let ridge = 0.02
  /// Rounds of reweighting toward least absolute errors.
  static let reweightings = 2
  /// The smallest error that a weight tells apart, in typical day-to-day changes.
  static let leastError = 0.3
  /// Blocks are no more than this many.
  static let mostBlocks = 8
  /// Rows per block are no more than about this many.
  static let mostRows = 6000

  /// Fits one model for the whole series and one for each shorter history.
  ///
  /// The weights of all of them come from the errors of the shortest history's coefficients, so no
  /// shorter history's model has seen what came after it.
  ///
  /// - Parameters:
  ///   - values: Transformed, without gaps.
  ///   - known: Whether each value was observed; others are no targets.
  ///   - cuts: Steps left off at the end, descending; one model per cut, in that order.
  static func fit(
    _ values: [Double], known: [Bool], seasons: Seasons, horizon: Int, cuts: [Int]
  ) throws(FitFailure) -> [DirectRegression] {
    guard seasons.count > 0, horizon > 0, let oldest = cuts.first else {
      throw .tooFewValues(known: 0, needed: 1)
    }
    let features = DirectFeatures(values, seasons: seasons, scaleFrom: values.count - oldest)
    let needed = features.reach(horizon: horizon) + horizon + 2 * features.day
    guard values.count - oldest >= needed else {
      throw .tooFewValues(known: values.count - oldest, needed: needed)
    }
    let size = (horizon + mostBlocks - 1) / mostBlocks
    let blocks = stride(from: 1, through: horizon, by: size).map {
      $0...min($0 + size - 1, horizon)
    }
    var coefficients = Array(repeating: [[Double]](), count: cuts.count)
    for block in blocks {
      let solved = try fit(block, features, count: values.count, known: known, cuts: cuts)
      for (index, solution) in solved.enumerated() { coefficients[index].append(solution) }
    }
    return coefficients.map { DirectRegression(blocks: blocks, coefficients: $0) }
  }

  /// Forecasts of all horizons after the first `count` values of `features`, transformed.
  func forecast(_ features: DirectFeatures, count: Int) -> [Double] {
    var row = Array(repeating: 0.0, count: DirectFeatures.count)
    var forecasts: [Double] = []
    for (block, solution) in zip(blocks, coefficients) {
      for horizon in block {
        features.write(origin: count - 1, horizon: horizon, into: &row, at: 0)
        var sum = features.base(origin: count - 1, horizon: horizon)
        for (index, coefficient) in solution.enumerated() { sum += coefficient * row[index] }
        forecasts.append(sum)
      }
    }
    return forecasts
  }

  /// Coefficients of one block for each cut.
  private static func fit(
    _ block: ClosedRange<Int>, _ features: DirectFeatures, count: Int, known: [Bool], cuts: [Int]
  ) throws(FitFailure) -> [[Double]] {
    // Three horizons speak for a longer block.
    let horizons =
      block.count <= 3
      ? Array(block)
      : [block.lowerBound, (block.lowerBound + block.upperBound) / 2, block.upperBound]
    let firstTarget = features.reach(horizon: block.upperBound) + block.upperBound
    let step = max(1, (count - firstTarget) * horizons.count / mostRows)
    var equations = NormalEquations(features: DirectFeatures.count)
    let width = equations.width
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

    // Least squares: sums over a prefix of the rows serve every history.
    let even = Array(repeating: 1.0, count: rowCount)
    var solutions: [[Double]] = []
    var done = 0
    for end in ends {
      equations.add(rows, even, done..<end)
      done = end
      solutions.append(try equations.solve(ridge: ridge))
    }
    // Least absolute errors: every history weighs its own errors.
    for (history, end) in ends.enumerated() {
      for _ in 0..<reweightings {
        let weights = equations.absoluteErrorWeights(
          rows, count: end, coefficients: solutions[history], scale: features.scale,
          least: leastError)
        equations = NormalEquations(features: DirectFeatures.count)
        equations.add(rows, weights, 0..<end)
        solutions[history] = try equations.solve(ridge: ridge)
      }
    }
    return solutions
  }
}
