import Testing

@testable import Forecasting

@Suite struct FleetFitTests {
  private let seasons = [12, 84]

  private func histories(_ count: Int, steps: Int = 1260) -> [[Double]] {
    (0..<count).map { number in
      var values = Demand.daily(
        count: steps, day: 12, seed: UInt64(number), level: Double(number + 1) * 50)
      var random = Seeded(UInt64(1000 + number))
      for _ in 0..<(number % 3) * 20 { values[Int.random(in: 0..<steps, using: &random)] = .nan }
      return values
    }
  }

  @Test(
    "fitted together, losses are those of fits one by one to two per cent", arguments: [1, 3, 21])
  func losses(count: Int) throws {
    let seasons = try #require(Seasons(seasons))
    let histories = histories(count)
    let options = HoltWintersFit.Options(trend: false, starts: 1)
    let fits = HoltWintersFit.fit(
      fleet: histories, seasons: seasons,
      transforms: histories.map { .logarithm(for: $0) }, options: options)
    #expect(fits.count == count)
    for (number, fit) in fits.enumerated() {
      let alone = try HoltWintersFit.fit(
        values: histories[number], seasons: seasons,
        transform: .logarithm(for: histories[number]), options: options)
      #expect(try fit.get().loss < 1.02 * alone.loss, "history \(number)")
    }
  }

  @Test("short histories are fitted one by one")
  func short() throws {
    let seasons = try #require(Seasons(seasons))
    let options = HoltWintersFit.Options(horizons: [], starts: 1)
    let histories = histories(5, steps: HoltWintersFit.fewestSteps - 1)
    let fits = HoltWintersFit.fit(
      fleet: histories, seasons: seasons, transforms: histories.map { _ in .identity },
      options: options)
    for (history, fit) in zip(histories, fits) {
      let alone = try HoltWintersFit.fit(
        values: history, seasons: seasons, transform: .identity, options: options)
      #expect(try fit.get() == alone)
    }
  }

  @Test("a model of the fleet is where the readable recursion gets to, to the bit")
  func states() throws {
    let seasons = try #require(Seasons(seasons))
    let histories = histories(11)
    let fits = HoltWintersFit.fit(
      fleet: histories, seasons: seasons, transforms: histories.map { .logarithm(for: $0) })
    for (number, result) in fits.enumerated() {
      let fit = try result.get()
      var model = HoltWinters(
        seasons: seasons, transform: fit.model.transform, parameters: fit.parameters,
        level: fit.initial.level, trend: fit.initial.trend, seasonal: fit.initial.seasonal,
        innovationBound: fit.initial.innovationBound,
        smallestInnovationBound: fit.smallestInnovationBound, residual: 0,
        range: fit.model.smallest...fit.model.largest)
      for (step, value) in histories[number].enumerated() {
        model.advance(value, at: seasons.positions(ofStep: step))
      }
      #expect(model == fit.model, "history \(number)")
    }
  }

  @Test("a history without values or of another length fails alone (F-60)")
  func failures() throws {
    var histories = histories(5)
    histories[1] = Array(repeating: .nan, count: 1260)
    histories[3] = [1, 2, 3]
    let fits = HoltWintersFit.fit(
      fleet: histories, seasons: try #require(Seasons(seasons)),
      transforms: histories.map { .logarithm(for: $0) })
    let failures = fits.map { (result) -> FitFailure? in
      if case .failure(let failure) = result { failure } else { nil }
    }
    #expect(
      failures == [
        nil, .tooFewValues(known: 0, needed: 1), nil,
        .positionsDoNotFit(steps: 3, positions: 1260), nil,
      ])
  }

  @Test(
    "wild values end in a finite model or in a failure, within the passes allowed (F-60)",
    arguments: UInt64(1)...4)
  func wild(seed: UInt64) throws {
    var random = Seeded(seed)
    let histories = (0..<9).map { _ in
      (0..<1200).map { _ in
        [0, 1e300, 1e-300, 3, .nan, .infinity, 1e9].randomElement(using: &random) ?? 0
      }
    }
    let fits = HoltWintersFit.fit(
      fleet: histories, seasons: try #require(Seasons([12])),
      transforms: histories.map { _ in .identity }, options: .init(maximumPasses: 6))
    for fit in fits {
      guard case .success(let fit) = fit else { continue }
      #expect(fit.passes <= 7, "seed \(seed)")
      #expect(fit.model.level.isFinite && fit.loss.isFinite, "seed \(seed)")
    }
  }

  @Test("four seasons and a trend are more than a batch holds, and are fitted all the same")
  func manySeasons() throws {
    let histories = histories(2)
    let fits = HoltWintersFit.fit(
      fleet: histories, seasons: try #require(Seasons([4, 12, 84, 30])),
      transforms: histories.map { .logarithm(for: $0) }, options: .init(maximumPasses: 4))
    for fit in fits { #expect(try fit.get().loss.isFinite) }
  }
}
