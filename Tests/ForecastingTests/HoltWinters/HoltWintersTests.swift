import Testing

@testable import Forecasting

@Suite struct HoltWintersTests {
  private let day = 24

  /// A model of a day and a week advanced over made demand.
  private func advanced(
    over demand: [Double], transform: Transform = .logarithm(offset: 1e-4)
  ) throws -> HoltWinters {
    let seasons = try #require(Seasons([day, 7 * day]))
    var model = HoltWinters(
      seasons: seasons, transform: transform,
      parameters: HoltWintersParameters(
        level: 0.05, trend: 0.01, damping: 0.9, seasonal: [0.2, 0.3], residual: 0.3),
      level: transform.apply(100), innovationSize: transform == .identity ? 3 : 0.03,
      range: 20...300)
    for (step, value) in demand.enumerated() {
      model.advance(value, at: seasons.positions(ofStep: step))
    }
    return model
  }

  @Test(
    "it learns a day and a week: a third of the error of a flat forecast remains",
    arguments: 1...5)
  func learns(seed: UInt64) throws {
    let demand = Demand.daily(count: 8 * 168 + 48, day: day, seed: seed)
    let model = try advanced(over: Array(demand.prefix(8 * 168)))
    let forecast = model.forecast(steps: 48, from: SeasonPositions([0, 0]))
    let truth = demand.suffix(48)
    let flat = Demand.meanError(Array(repeating: 100, count: 48), truth)
    #expect(Demand.meanError(forecast, truth) < flat / 3, "seed \(seed)")
  }

  @Test("one step's forecast at a distance is that of the row of forecasts")
  func distance() throws {
    let model = try advanced(over: Demand.daily(count: 500, day: day, seed: 3))
    let next = model.seasons.positions(ofStep: 500)
    let row = model.forecast(steps: 60, from: next)
    for ahead in [1, 2, 7, 60] {
      let positions = model.seasons.positions(ofStep: 499 + ahead)
      let single = model.forecast(at: positions, stepsAhead: ahead)
      #expect((single - row[ahead - 1]).magnitude < 1e-9 * row[ahead - 1])
    }
  }

  @Test(
    "unknown values move the model on and teach it nothing",
    arguments: [nil, .nan, .infinity, -1] as [Double?])
  func unknown(value: Double?) throws {
    let before = try advanced(over: Demand.daily(count: 400, day: day, seed: 5))
    var model = before
    let row = before.forecast(steps: 10, from: before.seasons.positions(ofStep: 400))
    model.advance(value, at: before.seasons.positions(ofStep: 400))
    #expect(model.seasonal == before.seasonal)
    let later = model.forecast(steps: 9, from: before.seasons.positions(ofStep: 401))
    for (expected, actual) in zip(row.dropFirst(), later) {
      #expect((expected - actual).magnitude < 1e-9 * expected)
    }
  }

  @Test("a jump of positions reads the seasons at the place jumped to")
  func jump() throws {
    let model = try advanced(over: Demand.daily(count: 8 * 168, day: day, seed: 7))
    let straight = model.forecast(steps: 4, from: SeasonPositions([0, 0]))
    let jumped = model.forecast(at: [SeasonPositions([3, 3])])
    #expect((jumped[0] - straight[3]).magnitude < 0.05 * straight[3])
    #expect((jumped[0] - straight[0]).magnitude > 0.1 * straight[0])
  }

  @Test("positions outside a season are wrapped", arguments: [-1, 24, -25, 1 << 40])
  func wrapped(position: Int) throws {
    var model = try advanced(over: Demand.daily(count: 400, day: day, seed: 1))
    model.advance(100, at: SeasonPositions([position, position]))
    #expect(model.forecast(steps: 5, from: SeasonPositions([position])).allSatisfy { $0.isFinite })
  }

  @Test("one value of a thousand times moves the next day by less than a tenth")
  func outlier() throws {
    let demand = Demand.daily(count: 8 * 168, day: day, seed: 11)
    let clean = try advanced(over: demand)
    var hit = demand
    hit[hit.count - 30] *= 1000
    let struck = try advanced(over: hit)
    let pairs = zip(
      clean.forecast(steps: 24, from: SeasonPositions()),
      struck.forecast(steps: 24, from: SeasonPositions()))
    for (expected, actual) in pairs {
      #expect((expected - actual).magnitude < 0.1 * expected)
    }
  }

  @Test("a level five times as high is followed within two days")
  func levelShift() throws {
    let demand = Demand.daily(count: 8 * 168, day: day, seed: 13)
    let shifted = demand.enumerated().map {
      $0.offset < demand.count - 48 ? $0.element : 5 * $0.element
    }
    let model = try advanced(over: shifted)
    let next = model.forecast(steps: 24, from: SeasonPositions())
    let before = try advanced(over: demand).forecast(steps: 24, from: SeasonPositions())
    for (high, low) in zip(next, before) {
      #expect(high / low > 3 && high / low < 8)
    }
  }

  @Test("any parameters and values give finite, non-negative forecasts", arguments: 1...30)
  func finite(seed: UInt64) throws {
    var random = Seeded(seed)
    let lengths = (0..<Int.random(in: 0...4, using: &random)).map { _ in
      Int.random(in: 2...30, using: &random)
    }
    let seasons = try #require(Seasons(lengths))
    let transforms: [Transform] = [.identity, .squareRoot, .logarithm(offset: 0.01)]
    for transform in transforms {
      var model = HoltWinters(
        seasons: seasons, transform: transform,
        parameters: HoltWintersParameters(
          level: random.uniform(), trend: random.uniform(), damping: random.uniform(),
          seasonal: lengths.map { _ in random.uniform() }, residual: 2 * random.uniform() - 1),
        level: 1, innovationSize: 0.1, range: 0...10)
      for step in 0..<300 {
        let odd: [Double?] = [nil, 0, .nan, 1e300, .greatestFiniteMagnitude, 5, 7, -3]
        model.advance(odd.randomElement(using: &random) ?? nil, at: seasons.positions(ofStep: step))
      }
      let row = model.forecast(steps: 100, from: seasons.positions(ofStep: 300))
      #expect(row.allSatisfy { $0.isFinite && $0 >= 0 }, "seed \(seed), \(transform)")
    }
  }

  @Test("a model read back is equal, and so is everything it does next")
  func state() throws {
    var model = try advanced(over: Demand.daily(count: 333, day: day, seed: 17))
    var writer = StateWriter()
    model.writeState(to: &writer)
    var reader = StateReader(writer.bytes)
    var copy = try HoltWinters(from: &reader)
    #expect(copy == model)
    #expect(reader.remaining == 0)
    model.advance(120, at: SeasonPositions([3, 3]))
    copy.advance(120, at: SeasonPositions([3, 3]))
    #expect(copy == model)
    for length in 0..<writer.bytes.count {
      var short = StateReader(Array(writer.bytes.prefix(length)))
      #expect(throws: StateError.self) { try HoltWinters(from: &short) }
    }
  }

  @Test("seasons that no model can hold are refused")
  func seasons() {
    #expect(Seasons([1]) == nil)
    #expect(Seasons([2, 3, 4, 5, 6]) == nil)
    #expect(Seasons([Int.max]) == nil)
    #expect(Seasons([1 << 20, 2]) == nil)
    #expect(Seasons([]) == Seasons.none)
  }
}
