import Testing

@testable import Forecasting

@Suite struct OrderTests {
  @Test("the median of values in any order is that of the sorted ones", arguments: UInt64(1)...20)
  func median(seed: UInt64) {
    var random = Seeded(seed)
    for count in 0..<40 {
      // Few different values, so that many are equal.
      var values = (0..<count).map { _ in
        Double(Int.random(in: 0..<(seed % 2 == 0 ? 5 : 1000), using: &random))
      }
      let sorted = values.sorted()
      let median = Order.median(reordering: &values)
      #expect(count == 0 ? median.isNaN : median == Order.median(sorted: sorted))
      #expect(values.sorted() == sorted)
    }
  }
}
