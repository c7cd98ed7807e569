import Testing

@testable import Forecasting

@Suite struct NearestDaysTests {
  @Test("two kinds of days: what follows is what followed on days with the same run-up")
  func kinds() throws {
    // Days alternate in an order that no season has: high after two alike, low after two unlike.
    let order = [0, 0, 1, 1, 0, 1, 0, 0, 1, 1, 0, 1, 0, 0, 1, 1, 0, 1, 0, 0, 1, 1, 0, 1, 0, 0]
    func day(_ kind: Int) -> [Double] {
      (0..<12).map { 10 + Double(kind == 0 ? $0 : 11 - $0) }
    }
    let values = order.flatMap(day)
    let seasons = try #require(Seasons([12]))
    let days = try #require(NearestDays(seasons: seasons))
    let forecast = days.forecast(after: values[...], steps: 12)
    // After 0 0 always came 1.
    #expect(Demand.meanError(forecast, day(1)) < 0.5)
  }

  @Test("a level that moves is followed", arguments: [0.1, 1, 30])
  func level(shift: Double) throws {
    let seasons = try #require(Seasons([4, 28]))
    let days = try #require(NearestDays(seasons: seasons))
    let values = (0..<80).map { Double($0 % 4) + ($0 < 40 ? 0 : shift) }
    let forecast = days.forecast(after: values[...], steps: 10)
    for (step, value) in forecast.enumerated() {
      #expect((value - Double(step % 4) - shift).magnitude < 1e-9)
    }
  }

  @Test("too little history, no season and a long horizon", arguments: [0, 11, 12, 500])
  func edges(steps: Int) throws {
    #expect(NearestDays(seasons: .none) == nil)
    let seasons = try #require(Seasons([4]))
    let days = try #require(NearestDays(seasons: seasons))
    #expect(days.forecast(after: [1, 2, 3, 4, 1, 2, 3, 4, 1, 2, 3], steps: steps).isEmpty)
    let forecast = days.forecast(after: [1, 2, 3, 4, 1, 2, 3, 4, 1, 2, 3, 4], steps: steps)
    #expect(forecast.count == steps)
    for (step, value) in forecast.enumerated() {
      #expect((value - Double(step % 4 + 1)).magnitude < 1e-9)
    }
  }
}
