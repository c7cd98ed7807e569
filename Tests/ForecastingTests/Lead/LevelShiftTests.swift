import Forecasting
import Testing

@Suite struct LevelShiftTests {
  private func model(_ history: [Double]) throws -> LeadDemand {
    try LeadDemandFit.fit(
      values: history, seasons: try #require(Seasons([48, 336])),
      lead: LeadWindow(opens: 4, closes: 5)
    ).model
  }

  @Test("demand that is five times as high is asked for at the next step (F-61)", arguments: 1...3)
  func up(seed: UInt64) throws {
    let history = Demand.daily(count: 3 * 336, day: 48, seed: seed)
    var model = try model(history)
    let last = try #require(history.last)
    model.advance(5 * last, at: model.seasons.positions(ofStep: history.count))
    let upper = try #require(model.upper(quantile: 0.99))
    #expect(upper >= 1.5 * last, "seed \(seed)")
  }

  @Test(
    "after a fall to a fifth the next step still asks for what was there (F-61)", arguments: 1...3)
  func down(seed: UInt64) throws {
    let history = Demand.daily(count: 3 * 336, day: 48, seed: seed)
    var model = try model(history)
    let last = try #require(history.last)
    model.advance(last / 5, at: model.seasons.positions(ofStep: history.count))
    let upper = try #require(model.upper(quantile: 0.99))
    #expect(upper >= 0.5 * last, "seed \(seed)")
  }
}
