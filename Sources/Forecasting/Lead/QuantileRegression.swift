import CKernels
import RealModule

/// Linear regression of a conditional quantile: the coefficients that minimise the weighted pinball
/// loss, shrunk toward a prior.
///
/// Iteratively reweighted least squares: where a row's error is `r`, its weight is `q` (above) or
/// `1 − q` (below) over `max(|r|, tolerance)`, the tolerance a part of the round's typical error:
/// a smaller one would take many more rounds to get as far. The first rounds look at every fourth row
/// only. Bounded: `coarseRounds + fineRounds`, whatever the data.
///
/// - Note: Koenker and Bassett (1978), doi:10.2307/1913643; the majorisation is that of Hunter and
///   Lange (2000), doi:10.1080/10618600.2000.10474866.
struct QuantileRegression {
  static let coarseRounds = 10
  static let fineRounds = 5
  /// The smallest tolerance, in units of the target.
  static let smallestTolerance = 1e-3
  /// Shrinkage as a part of the mean diagonal of the equations.
  static let ridge = 1e-4
  /// Part of the shrinkage with which a prior other than zero is held.
  static let assumption = 1e-3

  let features: Int
  /// Values per row: features, then the target.
  private let width: Int
  private var rows: [Double] = []
  private(set) var weights: [Double] = []

  init(features: Int, capacity: Int) {
    self.features = features
    width = features + 1
    rows.reserveCapacity(width * capacity)
    weights.reserveCapacity(capacity)
  }

  var count: Int { weights.count }

  mutating func append(
    _ values: UnsafeMutableBufferPointer<Double>, target: Double, weight: Double
  ) {
    for index in 0..<features { rows.append(values[index]) }
    rows.append(target)
    weights.append(weight)
  }

  func target(_ row: Int) -> Double { rows[row * width + features] }

  func prediction(_ row: Int, _ coefficients: [Double]) -> Double {
    var sum = 0.0
    for index in 0..<features { sum += rows[row * width + index] * coefficients[index] }
    return sum
  }

  /// - Parameters:
  ///   - start: Coefficients to begin at.
  ///   - prior: Coefficients that they are shrunk toward; nil for zeros. One that is not zero is an
  ///     assumption to begin with, which the first row that speaks against it overrules.
  /// - Throws: `FitFailure.singular` when the equations have no stable, finite solution.
  func fit(
    level: Double, start: [Double], prior: [Double]? = nil
  ) throws(FitFailure) -> [Double] {
    var coefficients = start
    let coarse = WeightedColumns(rows: rows, weights: weights, width: width, every: 4)
    let fine = WeightedColumns(rows: rows, weights: weights, width: width, every: 1)
    for round in 0..<(Self.coarseRounds + Self.fineRounds) {
      let columns = round < Self.coarseRounds ? coarse : fine
      coefficients = try solve(
        columns.gram(level: level, coefficients: coefficients), prior: prior)
    }
    return coefficients
  }

  /// Cholesky on the upper triangle.
  private func solve(_ gram: [Double], prior: [Double]?) throws(FitFailure) -> [Double] {
    func entry(_ row: Int, _ column: Int) -> Double { gram[row * width + column] }
    var trace = 0.0
    for index in 0..<features { trace += entry(index, index) }
    let shrinkage = Self.ridge * trace / Double(features) + 1e-12
    guard trace.isFinite else { throw .notFinite }
    let pull = (0..<features).map { row in
      (prior?[row] ?? 0) == 0 ? shrinkage : Self.assumption * shrinkage
    }
    var factor = Array(repeating: 0.0, count: features * features)
    var solution = Array(repeating: 0.0, count: features)
    for row in 0..<features {
      for column in 0...row {
        var sum = entry(column, row) + (row == column ? pull[row] : 0)
        for inner in 0..<column {
          sum -= factor[row * features + inner] * factor[column * features + inner]
        }
        if row == column {
          guard sum > 0 else { throw .singular }
          factor[row * features + row] = sum.squareRoot()
        } else {
          factor[row * features + column] = sum / factor[column * features + column]
        }
      }
      var sum = entry(row, features) + pull[row] * (prior?[row] ?? 0)
      for inner in 0..<row { sum -= factor[row * features + inner] * solution[inner] }
      solution[row] = sum / factor[row * features + row]
    }
    for row in (0..<features).reversed() {
      var sum = solution[row]
      for later in (row + 1)..<max(row + 1, features) {
        sum -= factor[later * features + row] * solution[later]
      }
      solution[row] = sum / factor[row * features + row]
    }
    guard solution.allSatisfy(\.isFinite) else { throw .notFinite }
    return solution
  }
}

/// Rows turned into columns, the last of them the target, so that sums run along memory.
private struct WeightedColumns {
  private let width: Int
  private let count: Int
  private let columns: [Double]
  private let weights: [Double]

  init(rows: [Double], weights: [Double], width: Int, every step: Int) {
    let chosen = Array(stride(from: 0, to: weights.count, by: step))
    self.width = width
    count = chosen.count
    self.weights = chosen.map { weights[$0] }
    columns = Array(unsafeUninitializedCapacity: width * chosen.count) { columns, initialized in
      var index = 0
      for column in 0..<width {
        for row in chosen {
          columns[index] = rows[row * width + column]
          index += 1
        }
      }
      initialized = index
    }
  }

  /// Sums of products of two columns under the weights of the pinball loss; upper triangle only.
  func gram(level: Double, coefficients: [Double]) -> [Double] {
    var gram = Array(repeating: 0.0, count: width * width)
    withUnsafeTemporaryAllocation(of: Double.self, capacity: count + 4 * width * width) { scratch in
      let weighted = UnsafeMutableBufferPointer(rebasing: scratch[..<count])
      let sums = UnsafeMutableBufferPointer(rebasing: scratch[count...])
      columns.withUnsafeBufferPointer { columns in
        weigh(weighted, columns, level: level, coefficients: coefficients)
        gram.withUnsafeMutableBufferPointer { gram in
          weighted_column_gram(
            Int64(count), Int64(width), columns.baseAddress, weighted.baseAddress,
            sums.baseAddress, gram.baseAddress)
        }
      }
    }
    return gram
  }

  private func weigh(
    _ weighted: UnsafeMutableBufferPointer<Double>, _ columns: UnsafeBufferPointer<Double>,
    level: Double, coefficients: [Double]
  ) {
    let target = (width - 1) * count
    var row = 0
    while row < count {
      weighted[row] = columns[target + row]
      row += 1
    }
    for (column, coefficient) in coefficients.enumerated() {
      let first = column * count
      row = 0
      while row < count {
        weighted[row] -= coefficient * columns[first + row]
        row += 1
      }
    }
    var sum = 0.0
    row = 0
    while row < count {
      sum += Double.log(max(weighted[row].magnitude, QuantileRegression.smallestTolerance))
      row += 1
    }
    // The geometric mean: outliers must not make the tolerance swallow everybody else.
    let typical = Double.exp(sum / Double(count))
    let tolerance = max(0.15 * typical, QuantileRegression.smallestTolerance)
    row = 0
    while row < count {
      let error = weighted[row]
      let side = error > 0 ? level : 1 - level
      weighted[row] = weights[row] * side / max(error.magnitude, tolerance)
      row += 1
    }
  }
}
