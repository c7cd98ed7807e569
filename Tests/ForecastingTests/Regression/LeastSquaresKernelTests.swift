import CKernels
import Testing

@testable import Forecasting

@Suite struct LeastSquaresKernelTests {
  @Test("weights are those of one row at a time, for any number of rows", arguments: 0...19)
  func weights(count: Int) {
    var random = Seeded(UInt64(count + 1))
    let rows = (0..<(count * 16)).map { _ in random.normal() }
    let direction = (0..<16).map { _ in random.normal() }
    var weights = Array(repeating: -1.0, count: count + 1)
    absolute_error_weights(Int64(count), 16, rows, direction, 2, 0.3, &weights)
    for row in 0..<count {
      let error = zip(rows[(16 * row)..<(16 * (row + 1))], direction).reduce(0) { $0 + $1.0 * $1.1 }
      let expected = 1 / max(error.magnitude / 2, 0.3)
      #expect((weights[row] - expected).magnitude < 1e-12 * expected, "row \(row) of \(count)")
    }
    #expect(weights[count] == -1)
  }

  @Test(
    "a gram of columns is that of four sums side by side, to the bit",
    arguments: [0, 1, 3, 4, 127, 128, 131, 260], [1, 4, 5, 13])
  func columnGram(count: Int, width: Int) {
    var random = Seeded(UInt64(count * 100 + width))
    let columns = (0..<(count * width)).map { _ in random.normal() }
    let weights = (0..<count).map { _ in random.uniform() }
    var sums = Array(repeating: Double.nan, count: 4 * width * width)
    var gram = Array(repeating: -1.0, count: width * width)
    weighted_column_gram(Int64(count), Int64(width), columns, weights, &sums, &gram)
    for left in 0..<width {
      for right in 0..<width {
        var parts = [0.0, 0, 0, 0]
        for row in 0..<count {
          let product = weights[row] * columns[left * count + row] * columns[right * count + row]
          parts[row < count / 4 * 4 ? row % 4 : 0] += product
        }
        let expected = (parts[0] + parts[1]) + (parts[2] + parts[3])
        #expect(gram[left * width + right] == (right < left ? -1 : expected))
      }
    }
  }
}
