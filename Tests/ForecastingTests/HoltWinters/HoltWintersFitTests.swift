import Testing

@testable import Forecasting

@Suite struct HoltWintersFitTests {
  private let seasons = Seasons([24, 168])

  @Test("a fitted model beats the last week repeated", arguments: UInt64(1)...4)
  func beatsSeasonalNaive(seed: UInt64) throws {
    let demand = Demand.daily(count: 5 * 168 + 48, day: 24, seed: seed)
    let history = Array(demand.dropLast(48))
    let fit = try HoltWintersFit.fit(
      values: history, seasons: try #require(seasons), transform: .logarithm(for: history),
      options: .init(horizons: Array(1...48)))
    let forecast = fit.model.forecast(steps: 48, from: SeasonPositions())
    let naive = Demand.meanError(Array(history.suffix(168).prefix(48)), demand.suffix(48))
    #expect(Demand.meanError(forecast, demand.suffix(48)) < naive, "seed \(seed)")
  }

  @Test("the fitted model is where the readable recursion gets to from the same start")
  func sameAsReadable() throws {
    let demand = Demand.daily(count: 700, day: 24, seed: 9)
    let fit = try HoltWintersFit.fit(
      values: demand, seasons: try #require(seasons), transform: .squareRoot)
    var model = HoltWinters(
      seasons: fit.model.seasons, transform: .squareRoot, parameters: fit.parameters,
      level: fit.initial.level, trend: fit.initial.trend, seasonal: fit.initial.seasonal,
      innovationBound: fit.initial.innovationBound,
      smallestInnovationBound: fit.smallestInnovationBound, residual: 0,
      range: (demand.min() ?? 0)...(demand.max() ?? 0))
    for (step, value) in demand.enumerated() {
      model.advance(value, at: fit.model.seasons.positions(ofStep: step))
    }
    #expect(model == fit.model)
  }

  @Test("searches are bounded whatever the data (F-60)", arguments: UInt64(1)...6)
  func bounded(seed: UInt64) throws {
    var random = Seeded(seed)
    let wild: [Double] = (0..<300).map { _ in
      [0, 1e-300, 1e300, .nan, 5].randomElement(using: &random) ?? 0
    }
    for transform in [Transform.identity, .squareRoot, .logarithm(for: wild)] {
      do {
        let fit = try HoltWintersFit.fit(
          values: wild, seasons: try #require(seasons), transform: transform,
          options: .init(horizons: [1, 24], maximumPasses: 20))
        #expect(fit.passes <= 41)
        let row = fit.model.forecast(steps: 10, from: SeasonPositions())
        #expect(row.allSatisfy { $0.isFinite && $0 >= 0 })
      } catch let failure as FitFailure {
        #expect(failure == .notFinite)
      }
    }
  }

  @Test("too little to fit is a value, not a trap")
  func failures() throws {
    let seasons = try #require(seasons)
    #expect(throws: FitFailure.tooFewValues(known: 0, needed: 1)) {
      try HoltWintersFit.fit(values: [.nan, .nan], seasons: seasons, transform: .identity)
    }
    #expect(throws: FitFailure.tooFewValues(known: 2, needed: 3)) {
      try HoltWintersFit.fit(values: [1, 2], seasons: seasons, transform: .identity)
    }
    #expect(throws: FitFailure.positionsDoNotFit(steps: 3, positions: 1)) {
      try HoltWintersFit.fit(
        values: [1, 2, 3], seasons: seasons, transform: .identity, positions: [SeasonPositions()])
    }
  }

  @Test(
    "flat, zero and constant-but-one series give finite models (F-58)",
    arguments: [("zero", 0.0, 0.0), ("flat", 7, 7), ("spike at the end", 7, 7000)])
  func flat(name: String, constant: Double, last: Double) throws {
    let values = Array(repeating: constant, count: 399) + [last]
    for transform in [Transform.identity, .squareRoot, .logarithm(for: values)] {
      let fit = try HoltWintersFit.fit(
        values: values, seasons: try #require(seasons), transform: transform)
      let far = fit.model.forecast(steps: 30, from: SeasonPositions()).map {
        ($0 - constant).magnitude
      }
      #expect((far.max() ?? 0) <= 0.2 * constant, "\(name), \(transform)")
    }
  }

  @Test("an attack day in training moves the same hour next week by a fifth at most (F-62)")
  func attackDay() throws {
    let demand = Demand.daily(count: 4 * 168, day: 24, seed: 21)
    var attacked = demand
    for step in (2 * 168 + 10)..<(2 * 168 + 14) { attacked[step] *= 10 }
    let seasons = try #require(seasons)
    func forecast(_ values: [Double]) throws -> [Double] {
      try HoltWintersFit.fit(
        values: values, seasons: seasons, transform: .logarithm(for: demand),
        options: .init(horizons: Array(1...24))
      ).model.forecast(steps: 168, from: SeasonPositions())
    }
    for (clean, struck) in zip(try forecast(demand), try forecast(attacked)) {
      #expect(struck < 1.2 * clean && clean < 1.2 * struck)
    }
  }
}
