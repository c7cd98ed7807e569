import Testing

@testable import Forecasting

@Suite("What a forecast may say without being suspect")
struct PlausibilityTests {
  @Test("three times what one value in a hundred exceeds (F-63)", arguments: [400, 20_000])
  func threeTimes(count: Int) {
    let values = Demand.daily(count: count, day: 1440, seed: 3)
    let ceiling = Plausibility.ceiling(of: values)
    let wanted = 3 * Order.quantile(0.99, sorted: values.sorted())
    #expect((ceiling / wanted - 1).magnitude < 0.01)
    // One value that is absurd moves it by next to nothing; what is unknown, not at all.
    var poisoned = values
    poisoned[count / 2] = 1e12
    #expect((Plausibility.ceiling(of: poisoned) / wanted - 1).magnitude < 0.05)
    #expect(Plausibility.ceiling(of: values + [.nan, -1, .infinity]) == ceiling)
  }

  @Test("ten minutes a day at thirty times the rate are no error")
  func recurringPeaks() {
    let values = (0..<(14 * 1440)).map { $0 % 1440 < 10 ? 3000.0 : 100 }
    #expect(Plausibility.ceiling(of: values) >= 4500)
  }

  @Test("a history of zeros makes nothing implausible")
  func zeros() {
    #expect(Plausibility.ceiling(of: Array(repeating: 0, count: 100)) == .infinity)
    #expect(Plausibility.ceiling(of: []) == .infinity)
    #expect(Plausibility.ceiling(of: Array(repeating: 0, count: 999) + [7]) == 21)
  }
}
