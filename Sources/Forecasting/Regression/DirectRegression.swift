/// A direct multi-horizon regression: for each block of horizons its own linear function of what is
/// known at the origin, with least absolute errors by reweighting. Unlike a recursion it does not feed
/// on its own forecasts.
///
/// Blocks are shrunk toward what all horizons together say, and that toward the seasonal naive
/// forecast: over five origins in M4 Hourly's training part that lowers this model's sMAPE from 8.95
/// to 8.75 beside shrinking each block toward the seasonal naive forecast.
struct DirectRegression: Sendable, Equatable {
  /// Horizons of each block; together 1 … the furthest.
  let blocks: [ClosedRange<Int>]
  /// Coefficients per block; empty for a block that stays seasonal naive.
  let coefficients: [[Double]]

  /// Part of the mean diagonal that shrinks the coefficients of all horizons together.
  static let ridge = 0.02
  /// Part of the mean diagonal that draws a block's coefficients toward those.
  static let pooling = 0.4
  /// Rounds of reweighting toward least absolute errors.
  static let reweightings = 2
  /// The smallest error that a weight tells apart, in typical day-to-day changes.
  static let leastError = 0.3
  /// Blocks are no more than this many.
  static let mostBlocks = 8

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
    let rows = blocks.map {
      DirectRows($0, features, count: values.count, known: known, cuts: cuts)
    }
    var equations = rows.map { $0.equations() }
    return try cuts.indices.map { history throws(FitFailure) in
      var solved = try solve(equations.map { $0[history] })
      for _ in 0..<reweightings {
        for block in blocks.indices {
          equations[block][history] = rows[block].reweighted(
            history, coefficients: solved[block], scale: features.scale, least: leastError)
        }
        solved = try solve(equations.map { $0[history] })
      }
      return DirectRegression(blocks: blocks, coefficients: solved)
    }
  }

  /// Coefficients of every block, drawn toward those of all blocks together.
  private static func solve(_ blocks: [NormalEquations]) throws(FitFailure) -> [[Double]] {
    var together = NormalEquations(features: DirectFeatures.count)
    for block in blocks { together.add(block) }
    let usual = try together.solve(ridge: ridge)
    return try blocks.map { block throws(FitFailure) in
      try block.solve(ridge: pooling, toward: usual)
    }
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
}
