/// Weighted least squares for few coefficients, drawn toward a first guess.
struct RidgeRegression {
  private var matrix = [[Double]](
    repeating: [Double](repeating: 0, count: ResponseFeatures.count),
    count: ResponseFeatures.count)
  private var target = [Double](repeating: 0, count: ResponseFeatures.count)
  private let prior: SIMD8<Double>

  /// - Parameters:
  ///   - prior: Coefficients in the absence of data.
  ///   - strength: How many rows of weight 1 that is worth.
  init(prior: SIMD8<Double>, strength: Double) {
    self.prior = prior
    for index in 0..<ResponseFeatures.count { matrix[index][index] = strength }
  }

  mutating func add(_ row: SIMD8<Double>, _ value: Double, weight: Double) {
    let rest = value - (prior * row).sum()
    for first in 0..<ResponseFeatures.count {
      target[first] += weight * row[first] * rest
      for second in 0..<ResponseFeatures.count {
        matrix[first][second] += weight * row[first] * row[second]
      }
    }
  }

  /// The coefficients; by Cholesky's decomposition, which the positive diagonal makes possible.
  func solved() -> SIMD8<Double> {
    let count = ResponseFeatures.count
    var lower = [[Double]](repeating: [Double](repeating: 0, count: count), count: count)
    for row in 0..<count {
      for column in 0...row {
        var sum = matrix[row][column]
        for inner in 0..<column { sum -= lower[row][inner] * lower[column][inner] }
        lower[row][column] =
          row == column ? max(sum, 1e-12).squareRoot() : sum / lower[column][column]
      }
    }
    var middle = [Double](repeating: 0, count: count)
    for row in 0..<count {
      var sum = target[row]
      for inner in 0..<row { sum -= lower[row][inner] * middle[inner] }
      middle[row] = sum / lower[row][row]
    }
    var result = prior
    var solution = [Double](repeating: 0, count: count)
    for row in stride(from: count - 1, through: 0, by: -1) {
      var sum = middle[row]
      for inner in (row + 1)..<max(row + 1, count) { sum -= lower[inner][row] * solution[inner] }
      solution[row] = sum / lower[row][row]
      result[row] += solution[row]
    }
    return result
  }
}
