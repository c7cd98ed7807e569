import CKernels

/// The normal equations of a weighted linear regression: sums over rows of features followed by the
/// target. Sums over a prefix of the rows are a value that can be kept while more rows are added.
struct NormalEquations {
  /// Features, target and padding: a multiple of eight.
  let width: Int
  let features: Int
  private(set) var gram: [Double]

  /// Row length for so many features and a target.
  static func width(features: Int) -> Int {
    (features + 1 + 7) / 8 * 8
  }

  init(features: Int) {
    self.features = features
    width = Self.width(features: features)
    gram = Array(repeating: 0, count: width * width)
  }

  /// Adds rows `range` of a matrix of rows: features, then the target, then zeros.
  mutating func add(_ rows: [Double], _ weights: [Double], _ range: Range<Int>) {
    guard !range.isEmpty, range.lowerBound >= 0, range.upperBound <= weights.count,
      range.upperBound * width <= rows.count
    else { return }
    rows.withUnsafeBufferPointer { rows in
      weights.withUnsafeBufferPointer { weights in
        gram.withUnsafeMutableBufferPointer { gram in
          guard let row = rows.baseAddress, let weight = weights.baseAddress else { return }
          weighted_gram(
            Int64(range.count), Int64(width), row + range.lowerBound * width,
            weight + range.lowerBound, gram.baseAddress)
        }
      }
    }
  }

  /// Adds the rows that went into others, which are of the same features.
  mutating func add(_ others: NormalEquations) {
    for (index, sum) in zip(gram.indices, others.gram) { gram[index] += sum }
  }

  /// Solves for the coefficients, shrunk toward zero or toward others.
  ///
  /// - Parameters:
  ///   - ridge: What is added to the diagonal, as a part of its mean.
  ///   - free: A feature that is (almost) not shrunk, if any.
  ///   - usual: What the coefficients are shrunk toward, one for each; zero if nil.
  /// - Throws: `FitFailure.singular` if the equations are not positive definite or not finite.
  func solve(
    ridge: Double, free: Int? = nil, toward usual: [Double]? = nil
  ) throws(FitFailure) -> [Double] {
    var diagonal = 0.0
    for index in 0..<features { diagonal += gram[index * width + index] }
    diagonal /= Double(features)
    guard diagonal > 0, diagonal.isFinite else { throw .singular }
    // Cholesky factor in the lower triangle, the right-hand side as one more row.
    var factor = Array(repeating: 0.0, count: (features + 1) * features)
    for row in 0...features {
      for column in 0...min(row, features - 1) {
        var sum = gram[row * width + column]
        if row == column { sum += diagonal * (row == free ? 1e-8 : ridge) }
        if row == features, let usual { sum += diagonal * ridge * usual[column] }
        for inner in 0..<column {
          sum -= factor[row * features + inner] * factor[column * features + inner]
        }
        if row == column {
          guard sum > 0, sum.isFinite else { throw .singular }
          factor[row * features + column] = sum.squareRoot()
        } else {
          factor[row * features + column] = sum / factor[column * features + column]
        }
      }
    }
    var solution = Array(factor[(features * features)...])
    for row in (0..<features).reversed() {
      var sum = solution[row]
      for later in (row + 1)..<max(row + 1, features) {
        sum -= factor[later * features + row] * solution[later]
      }
      solution[row] = sum / factor[row * features + row]
    }
    guard solution.allSatisfy(\.isFinite) else { throw .singular }
    return solution
  }

  /// Weights, one per row, that turn the next solution into one of least absolute errors: inverse
  /// to the size of a row's error under `coefficients`, in units of `scale`, at least `least`.
  func absoluteErrorWeights(
    _ rows: [Double], count: Int, coefficients: [Double], scale: Double, least: Double
  ) -> [Double] {
    var direction = coefficients
    direction.append(-1)
    direction += Array(repeating: 0, count: width - direction.count)
    var weights = Array(repeating: 1.0, count: count)
    guard count * width <= rows.count else { return weights }
    rows.withUnsafeBufferPointer { rows in
      weights.withUnsafeMutableBufferPointer { weights in
        absolute_error_weights(
          Int64(count), Int64(width), rows.baseAddress, direction, scale, least,
          weights.baseAddress)
      }
    }
    return weights
  }
}
