import Forecasting
import RealModule
import Testing

@Suite struct ForecastBankTests {
  private let levels = [0.01, 0.1, 0.5, 0.9, 0.99]

  private func fit(_ values: [Double], seasons: [Int] = [24, 168], horizon: Int = 24) throws
    -> BankForecast
  {
    try ForecastBank.fit(values: values, seasons: seasons, horizon: horizon, quantiles: levels)
  }

  @Test("the combination beats the seasonal naive forecast", arguments: UInt64(1)...3)
  func beatsNaive(seed: UInt64) throws {
    let demand = Demand.daily(count: 4 * 168 + 24, day: 24, seed: seed)
    let history = Array(demand.dropLast(24))
    let forecast = try fit(history)
    let naive = Demand.meanError(Array(history.suffix(24)), demand.suffix(24))
    #expect(Demand.meanError(forecast.median, demand.suffix(24)) < 0.8 * naive, "seed \(seed)")
    #expect(forecast.ladder == .seasonal)
    #expect(forecast.windows == 16)
  }

  @Test(
    "odd histories give finite, ordered, non-negative quantiles (F-58, F-59)",
    arguments: UInt64(1)...8)
  func properties(seed: UInt64) throws {
    var random = Seeded(seed)
    let made = Demand.daily(count: 400, day: 24, seed: seed)
    let gaps = made.map { random.uniform() < 0.4 ? Double.nan : $0 }
    let wild: [Double] = made.map { _ in
      [0, 0, 1e9, .nan, 3, .infinity, -2].randomElement(using: &random) ?? 0
    }
    let histories: [(String, [Double])] = [
      ("gaps", gaps), ("wild", wild), ("zeros", Array(repeating: 0, count: 200)),
      ("flat", Array(repeating: 5, count: 200)),
      ("one spike", Array(repeating: 5, count: 150) + [5000] + Array(repeating: 5, count: 49)),
      ("step", Array(repeating: 5, count: 150) + Array(repeating: 25, count: 50)),
      ("short", Array(made.prefix(20))), ("sparse", made.map { $0 > 130 ? $0 : 0 }),
    ]
    for (name, values) in histories {
      let forecast = try fit(values)
      for (mean, row) in zip(forecast.mean, forecast.quantiles) {
        #expect(row.allSatisfy { $0.isFinite && $0 >= 0 }, "\(name), seed \(seed)")
        #expect(zip(row, row.dropFirst()).allSatisfy { $0 <= $1 }, "\(name), seed \(seed)")
        #expect(row[0] < row[4], "\(name), seed \(seed): the interval is a point")
        #expect(mean.isFinite && mean >= 0)
      }
      #expect((forecast.candidates.reduce(0) { $0 + $1.weight } - 1).magnitude < 1e-9)
    }
  }

  @Test(
    "a history ten times as large gives forecasts ten times as large", arguments: [10, 1e-3],
    1...4 as ClosedRange<UInt64>)
  func scale(factor: Double, seed: UInt64) throws {
    let demand = Demand.daily(count: 500, day: 24, seed: seed)
    let one = try fit(demand)
    let other = try fit(demand.map { factor * $0 })
    for (left, right) in zip(one.quantiles.joined(), other.quantiles.joined()) {
      // The search sees other last bits, and stops elsewhere on a flat floor.
      #expect((left * factor - right).magnitude < 0.01 * right, "seed \(seed)")
    }
  }

  @Test("what stands in an unknown place does not matter", arguments: UInt64(1)...4)
  func gaps(seed: UInt64) throws {
    var nan = Demand.daily(count: 400, day: 24, seed: seed)
    let first = 100 + 50 * Int(seed)
    for step in first..<(first + 30) { nan[step] = .nan }
    var negative = nan
    for step in first..<(first + 30) { negative[step] = -1 }
    #expect(try fit(nan).quantiles == fit(negative).quantiles, "seed \(seed)")
  }

  @Test("the same bytes in give the same bytes out")
  func repeatable() throws {
    let demand = Demand.daily(count: 400, day: 24, seed: 8)
    #expect(try fit(demand) == fit(demand))
  }

  @Test(
    "history decides what is modelled (F-59)", arguments: [(40, 0), (60, 1), (330, 1), (336, 2)])
  func ladder(count: Int, seasons: Int) throws {
    let forecast = try fit(Demand.daily(count: count, day: 24, seed: 2))
    #expect(forecast.seasons.count == seasons)
    #expect(forecast.ladder == (seasons == 0 ? .level : .seasonal))
  }

  @Test("too few known values are refused")
  func tooFew() {
    #expect(throws: FitFailure.tooFewValues(known: 2, needed: ForecastBank.fewestValues)) {
      try fit([1, .nan, 2])
    }
  }

  @Test("a forecast is at most three times what the history rarely exceeds (F-63)")
  func plausible() throws {
    let growing = (0..<200).map { 1.0 * Double(1 << min($0 / 8, 40)) }
    let forecast = try fit(growing, seasons: [], horizon: 48)
    let ceiling = 3 * growing.sorted()[197]
    #expect(forecast.quantiles.joined().allSatisfy { $0 <= ceiling * 1.01 })
  }

  @Test("an event multiplies the mean by its factor's mean and the median by its factor")
  func raised() throws {
    let plain = try fit(Demand.daily(count: 500, day: 24, seed: 21))
    let uplift = try #require(EventUplift(factor: 3, uncertainty: 0.2))
    let shares = (0..<24).map { $0 < 6 ? 0 : $0 < 12 ? 0.5 : 1.0 }
    let raised = plain.raised(by: [
      StepUplifts(name: "sale", uplift: uplift, occurrences: 2, shares: shares)
    ])
    for step in 0..<24 {
      let share = shares[step]
      let mean = uplift.applied(toMean: plain.mean[step], share: share)
      let median = uplift.applied(toQuantile: plain.median[step], level: 0.5, share: share)
      #expect((raised.mean[step] / mean - 1).magnitude < 1e-9, "step \(step)")
      #expect((raised.median[step] / median - 1).magnitude < 1e-9, "step \(step)")
      #expect((raised.mean[step] > plain.mean[step]) == (share > 0), "step \(step)")
    }
    #expect(raised.raised(by: []) == plain)
  }

  @Test("outcomes lie below the quantiles from 10 to 99 % about as often as they say")
  func coverage() throws {
    let levels = [0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99]
    var below = levels.map { _ in 0 }
    var outcomes = 0
    for seed in 200..<240 as Range<UInt64> {
      let demand = Demand.daily(count: 528, day: 24, seed: seed, noise: 0.08)
      let forecast = try ForecastBank.fit(
        values: Array(demand.dropLast(24)), seasons: [24, 168], horizon: 24, quantiles: levels)
      for (truth, row) in zip(demand.suffix(24), forecast.quantiles) {
        for level in levels.indices where truth <= row[level] { below[level] += 1 }
        outcomes += 1
      }
    }
    for (level, count) in zip(levels, below) {
      let share = Double(count) / Double(outcomes)
      // Forty forecasts whose steps err together: some points. Rather too wide than too narrow.
      let narrow = level < 0.5 ? share - level : level - share
      #expect(narrow < (level == 0.5 ? 0.09 : 0.06) && narrow > -0.09, "\(level): \(share)")
    }
  }

  @Test("a candidate that loses to the seasonal naive forecast is marked")
  func losers() throws {
    // The same day over and over: nothing beats repeating it.
    let day = (0..<24).map { _ in 0.0 }.indices.map { Double(20 + ($0 * 7) % 24) }
    let values = (0..<480).map { day[$0 % 24] }
    let forecast = try fit(values)
    let naive = try #require(forecast.candidates.first { $0.name == "seasonal-naive" })
    #expect(naive.errors?.mase == 0)
    #expect(!naive.losesToSeasonalNaive)
    for candidate in forecast.candidates {
      if let errors = candidate.errors, errors.mase > 0, candidate.name != "seasonal-naive-long" {
        #expect(candidate.losesToSeasonalNaive)
      }
    }
  }

  @Test(
    "the model to be advanced is on the scale that loses least",
    arguments: [("holt-winters-log", 0.4), ("holt-winters", 0)])
  func scales(best: String, exponent: Double) throws {
    // A level that wanders far, around which the same day is a ratio or a difference.
    let values = Demand.daily(count: 900, day: 24, seed: 5).enumerated().map { step, value in
      let height = 10 + 6 * Double.sin(Double(step) / 90) + 0.02 * value
      return exponent > 0 ? Double.exp(exponent * height) : height * height
    }
    let forecast = try fit(values)
    let backbones = forecast.candidates.filter { $0.name.hasPrefix("holt-winters") }
    #expect(backbones.count == 3)
    #expect(backbones.max { $0.weight < $1.weight }?.name == best)
    let transform = try #require(forecast.backbone?.transform)
    #expect(transform == (exponent > 0 ? .logarithm(for: values) : .identity))
  }

  @Test("positions that jump are followed by the seasonal model")
  func positions() throws {
    // An hour of the day is missing once, 10 days before the end.
    let even = Demand.daily(count: 721, day: 24, seed: 12, noise: 0.01)
    var values = even
    values.remove(at: 480)
    let seasons = try #require(Seasons([24, 168]))
    let all = (0..<(721 + 24)).filter { $0 != 480 }.map { seasons.positions(ofStep: $0) }
    let forecast = try ForecastBank.fit(
      values: values, seasons: [24, 168], horizon: 24, quantiles: [0.5], positions: all)
    #expect(throws: FitFailure.positionsDoNotFit(steps: 744, positions: 720)) {
      try ForecastBank.fit(
        values: values, seasons: [24, 168], horizon: 24, quantiles: [0.5],
        positions: Array(all.dropLast(24)))
    }
    let model = try #require(forecast.backbone)
    let row = model.forecast(at: Array(all.suffix(24)))
    let truth = Demand.daily(count: 745, day: 24, seed: 12, noise: 0).suffix(24)
    #expect(Demand.meanError(row, truth) < 0.05 * 100)
  }

  @Test("paths follow the quantiles and hang together")
  func paths() throws {
    let forecast = try fit(Demand.daily(count: 500, day: 24, seed: 14))
    let paths = forecast.paths(count: 2000, seed: 3)
    #expect(paths == forecast.paths(count: 2000, seed: 3))
    #expect(paths.count == 2000 && paths.allSatisfy { $0.count == 24 })
    for step in [0, 12, 23] {
      let share = paths.count { $0[step] <= forecast.quantiles[step][3] }
      #expect((Double(share) / 2000 - 0.9).magnitude < 0.03)
    }
    #expect(forecast.paths(count: -1, seed: 1).isEmpty)
  }
}
