import Testing

@testable import Forecasting

@Suite struct HoltWintersBatchTests {
  /// With a trend a series has seven candidates, without five.
  @Test(
    "every place and candidate has the loss that the readable recursion has, with gaps and outliers",
    arguments: [true, false])
  func losses(trend: Bool) throws {
    let seasons = try #require(Seasons([12, 84]))
    let candidates = trend ? 7 : 5
    let all = try (0..<12).map { number in
      var random = Seeded(UInt64(number + 1))
      var values = Demand.daily(count: 420, day: 12, seed: UInt64(number), level: 100)
      if number % 2 == 0 {
        for _ in 0..<30 { values[Int.random(in: 0..<420, using: &random)] = .nan }
        for _ in 0..<3 { values[Int.random(in: 0..<420, using: &random)] *= 20 }
      }
      return try HoltWintersSeries(
        values: values, seasons: seasons, transform: .logarithm(for: values), positions: nil)
    }
    let batch = HoltWintersBatch(like: all[0], warmUp: 84, candidates: candidates)
    #expect(batch.places == (trend ? 8 : 12))
    let parameters = (0..<candidates).map { number in
      HoltWintersParameters(
        level: 0.05 + 0.1 * Double(number), trend: trend ? 0.1 : 0, damping: trend ? 0.8 : 0,
        seasonal: [0.1, 0.2], residual: 0.1 * Double(number))
    }
    for place in 0..<batch.places {
      batch.load(all[place], from: HoltWintersStart(all[place]), at: place)
      for (candidate, parameters) in parameters.enumerated() {
        batch.set(parameters, candidate: candidate, at: place)
      }
    }
    batch.pass()
    for place in 0..<batch.places {
      let start = HoltWintersStart(all[place])
      let lanes = HoltWintersLanes(
        all[place], loss: HoltWintersLanes.Loss(warmUp: 84, horizons: [], stride: 1))
      lanes.pass(parameters, from: start.states, floor: start.floor)
      for candidate in 0..<candidates {
        let exact = lanes.oneStepLoss[candidate]
        let quick = batch.loss(candidate: candidate, at: place)
        // Bounds that move once in eight steps let an outlier in by a little more or less.
        #expect(
          (quick / exact - 1).magnitude < (place % 2 == 0 ? 0.02 : 1e-3),
          "place \(place), candidate \(candidate)")
      }
    }
  }
}
