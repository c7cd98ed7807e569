import Testing

@testable import Forecasting

@Suite struct HoltWintersLanesTests {
  private struct Case {
    var series: HoltWintersSeries
    var candidates: [HoltWintersParameters]
    var states: HoltWintersStates
  }

  /// A series with gaps and outliers and eight candidates, from a seed.
  private func make(_ seed: UInt64) throws -> Case {
    var random = Seeded(seed)
    let lengths = [[], [12], [12, 84], [5, 7, 12], [4, 12, 84, 30]]
    let seasons = try #require(Seasons(lengths.randomElement(using: &random) ?? []))
    var values = Demand.daily(count: 400, day: 12, seed: seed)
    for _ in 0..<40 { values[Int.random(in: 0..<400, using: &random)] = .nan }
    for _ in 0..<4 { values[Int.random(in: 0..<400, using: &random)] *= 50 }
    let candidates = (0..<8).map { _ in
      HoltWintersParameters(
        level: random.uniform(), trend: random.uniform() / 2, damping: random.uniform(),
        seasonal: seasons.lengths.map { _ in random.uniform() },
        residual: 1.4 * random.uniform() - 0.5)
    }
    let series = try HoltWintersSeries(
      values: values, seasons: seasons, transform: .logarithm(for: values), positions: nil)
    let states = HoltWintersStates(
      level: 4, trend: 0.01,
      seasonal: (0..<seasons.totalLength).map { _ in 0.1 * random.normal() }, innovationBound: 0.25)
    return Case(series: series, candidates: candidates, states: states)
  }

  @Test("every lane equals the readable recursion to the bit", arguments: UInt64(1)...20)
  func lanesEqual(seed: UInt64) throws {
    let made = try make(seed)
    let series = made.series
    let loss = HoltWintersLanes.Loss(warmUp: 50, horizons: [1, 2, 5, 30], stride: 7)
    let lanes = HoltWintersLanes(series, loss: loss)
    lanes.pass(made.candidates, from: made.states, floor: 0.0625)

    for (lane, parameters) in made.candidates.enumerated() {
      var model = HoltWinters(
        seasons: series.seasons, transform: series.transform, parameters: parameters,
        level: made.states.level, trend: made.states.trend, seasonal: made.states.seasonal,
        innovationBound: 0.25, smallestInnovationBound: 0.0625, residual: 0, range: 1...2)
      var oneStep = 0.0
      var oneSteps = 0.0
      var multiStep = 0.0
      var multiSteps = 0.0
      for (step, value) in series.values.enumerated() {
        let positions = series.seasons.positions(ofStep: step)
        if step >= 50, (step - 50) % 7 == 0, step + 30 <= series.values.count {
          for horizon in loss.horizons where !series.values[step + horizon - 1].isNaN {
            let ahead = model.transformedForecast(
              at: series.seasons.positions(ofStep: step + horizon - 1), stepsAhead: horizon)
            multiStep += (series.values[step + horizon - 1] - ahead).magnitude
            multiSteps += 1
          }
        }
        if value.isNaN {
          model.advance(nil, at: positions)
        } else {
          if step >= 50 {
            oneStep += (value - model.transformedForecast(at: positions, stepsAhead: 1)).magnitude
            oneSteps += 1
          }
          model.advance(transformed: value, at: positions)
        }
      }
      let states = lanes.states(ofLane: lane)
      #expect(states.states.level == model.level, "seed \(seed), lane \(lane)")
      #expect(states.states.trend == model.trend)
      #expect(states.states.seasonal == model.seasonal)
      #expect(states.states.innovationBound == model.innovationBound)
      #expect(states.residual == model.residual)
      // The sums differ in the order of additions only.
      #expect((lanes.oneStepLoss[lane] - oneStep / oneSteps).magnitude < 1e-9 * oneStep / oneSteps)
      #expect(
        (lanes.multiStepLoss[lane] - multiStep / multiSteps).magnitude
          < 1e-9 * multiStep / multiSteps)
    }
  }
}
