/// Linear regression of a conditional quantile: the coefficients that minimise the weighted pinball
/// loss, shrunk toward zero.
///
/// Iteratively reweighted least squares: where a row's error is `r`, its weight is `q` (above) or
/// `1 − q` (below) over `max(|r|, tolerance)`; each solution majorises the loss of the last. The
/// first rounds look at every fourth row only. Bounded: `coarseRounds + fineRounds`, whatever the
/// data.
///
/// - Note: Koenker and Bassett (1978), doi:10.2307/1913643; the majorisation is that of Hunter and
///   Lange (2000), doi:10.1080/10618600.2000.10474866.
struct QuantileRegression {
  static let coarseRounds = 10
  static let fineRounds = 5
  /// Errors below this count as this, in units of the target.
  static let tolerance = 1e-3
  /// Shrinkage as a part of the mean diagonal of the equations.
  static let ridge = 1e-4

  let features: Int
  /// Vectors of four per row: features, then the target, then zeros.
  private let blocks: Int
  private var rows: [SIMD4<Double>] = []
  private(set) var weights: [Double] = []

  init(features: Int, capacity: Int) {
    self.features = features
    blocks = (features + 4) / 4
    rows.reserveCapacity(blocks * capacity)
    weights.reserveCapacity(capacity)
  }

  var count: Int { weights.count }

  mutating func append(
    _ values: UnsafeMutableBufferPointer<Double>, target: Double, weight: Double
  ) {
    for block in 0..<blocks {
      var vector = SIMD4<Double>()
      for lane in 0..<4 {
        let index = 4 * block + lane
        vector[lane] = index < features ? values[index] : index == features ? target : 0
      }
      rows.append(vector)
    }
    weights.append(weight)
  }

  func target(_ row: Int) -> Double { rows[row * blocks + features / 4][features % 4] }

  func prediction(_ row: Int, _ coefficients: [Double]) -> Double {
    var sum = 0.0
    for index in 0..<features {
      sum += rows[row * blocks + index / 4][index % 4] * coefficients[index]
    }
    return sum
  }

  /// - Parameter start: Coefficients to begin at.
  /// - Throws: `FitFailure.singular` when the equations have no stable, finite solution.
  func fit(level: Double, start: [Double]) throws(FitFailure) -> [Double] {
    var coefficients = start
    let width = 4 * blocks
    var gram = Array(repeating: SIMD4<Double>(), count: width * blocks)
    for round in 0..<(Self.coarseRounds + Self.fineRounds) {
      let stride = round < Self.coarseRounds ? 4 : 1
      accumulate(into: &gram, level: level, coefficients: coefficients, stride: stride)
      coefficients = try solve(gram)
    }
    return coefficients
  }

  private func accumulate(
    into gram: inout [SIMD4<Double>], level: Double, coefficients: [Double], stride step: Int
  ) {
    var direction = Array(repeating: SIMD4<Double>(), count: blocks)
    for index in 0..<features { direction[index / 4][index % 4] = -coefficients[index] }
    direction[features / 4][features % 4] = 1
    for index in gram.indices { gram[index] = SIMD4() }
    rows.withUnsafeBufferPointer { rows in
      gram.withUnsafeMutableBufferPointer { gram in
        for row in stride(from: 0, to: count, by: step) {
          let first = row * blocks
          var products = SIMD4<Double>()
          for block in 0..<blocks { products += rows[first + block] * direction[block] }
          let error = (products[0] + products[1]) + (products[2] + products[3])
          let side = error > 0 ? level : 1 - level
          let weight = weights[row] * side / max(error.magnitude, Self.tolerance)
          for column in 0...features {
            let scaled = weight * rows[first + column / 4][column % 4]
            for block in (column / 4)..<blocks {
              gram[column * blocks + block] += scaled * rows[first + block]
            }
          }
        }
      }
    }
  }

  /// Cholesky on the upper triangle that `accumulate` filled.
  private func solve(_ gram: [SIMD4<Double>]) throws(FitFailure) -> [Double] {
    func entry(_ row: Int, _ column: Int) -> Double {
      gram[row * blocks + column / 4][column % 4]
    }
    var trace = 0.0
    for index in 0..<features { trace += entry(index, index) }
    let shrinkage = Self.ridge * trace / Double(features) + 1e-12
    guard trace.isFinite else { throw .notFinite }
    var factor = Array(repeating: 0.0, count: features * features)
    var solution = Array(repeating: 0.0, count: features)
    for row in 0..<features {
      for column in 0...row {
        var sum = entry(column, row) + (row == column ? shrinkage : 0)
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
      var sum = entry(row, features)
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
