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
}
