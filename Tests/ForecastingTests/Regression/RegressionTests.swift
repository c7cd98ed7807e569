import Testing

@testable import Forecasting

@Suite struct RegressionTests {
  @Test("an autoregression finds the coefficients that made a series")
  func autoregression() throws {
    var random = Seeded(5)
    var values = [0.0, 0.0]
    for _ in 0..<4000 {
      values.append(
        0.6 * values[values.count - 1] - 0.3 * values[values.count - 2] + random.normal())
    }
    let model = try #require(
      try LagAutoregression.fit(
        values, known: values.map { _ in true }, lags: [1, 2], cuts: [0], memory: 1e9
      ).first)
    #expect((model.coefficients[1] - 0.6).magnitude < 0.05)
    #expect((model.coefficients[2] + 0.3).magnitude < 0.05)
  }

  @Test("a model for a shorter history has not seen what came after it", arguments: [0, 1])
  func honest(kind: Int) throws {
    let seasons = try #require(Seasons([24, 168]))
    let short = Demand.daily(count: 600, day: 24, seed: 3)
    let known = Array(repeating: true, count: 700)
    func first(_ tail: Double) throws -> [Double] {
      let values = short + Array(repeating: tail, count: 100)
      if kind == 0 {
        let models = try LagAutoregression.fit(
          values, known: known, lags: [1, 24], cuts: [100, 0], memory: 500)
        return models[0].forecast(after: values[..<600], steps: 24)
      }
      let models = try DirectRegression.fit(
        values, known: known, seasons: seasons, horizon: 24, cuts: [100, 0])
      let features = DirectFeatures(values, seasons: seasons, scaleFrom: 600)
      return models[0].forecast(features, count: 600)
    }
    for (low, high) in zip(try first(1), try first(1000)) {
      // The weights' common factor differs, and with it the last bits.
      #expect((low - high).magnitude < 1e-6 * high.magnitude)
    }
  }

  @Test("without information beyond the last day, the direct regression repeats it")
  func directRepeats() throws {
    let seasons = try #require(Seasons([24]))
    let values = (0..<480).map { Double(10 + $0 % 24) }
    let models = try DirectRegression.fit(
      values, known: values.map { _ in true }, seasons: seasons, horizon: 30, cuts: [0])
    let features = DirectFeatures(values, seasons: seasons, scaleFrom: 480)
    for (step, forecast) in (try #require(models.first)).forecast(features, count: 480).enumerated()
    {
      #expect((forecast - Double(10 + step % 24)).magnitude < 1e-6)
    }
  }

  @Test("equations without a solution say so")
  func singular() {
    let equations = NormalEquations(features: 3)
    #expect(throws: FitFailure.singular) { try equations.solve(ridge: 0.1) }
  }

  @Test("the solution is that of the equations", arguments: UInt64(1)...5)
  func solution(seed: UInt64) throws {
    var random = Seeded(seed)
    let truth = [1.5, -2, 0.25]
    var equations = NormalEquations(features: 3)
    var rows: [Double] = []
    for _ in 0..<50 {
      let features = (0..<3).map { _ in random.normal() }
      let target = zip(features, truth).reduce(0) { $0 + $1.0 * $1.1 }
      rows += features + [target] + Array(repeating: 0, count: equations.width - 4)
    }
    equations.add(rows, (0..<50).map { _ in random.uniform() + 0.1 }, 0..<50)
    for (found, expected) in zip(try equations.solve(ridge: 0), truth) {
      #expect((found - expected).magnitude < 1e-9, "seed \(seed)")
    }
  }
}
