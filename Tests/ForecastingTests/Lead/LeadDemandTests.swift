import RealModule
import Testing

@testable import Forecasting

@Suite("The demand within the lead window")
struct LeadDemandTests {
  /// A lead of five steps and a day of 240: ten days.
  static let day = 240
  static let seasons = [Seasons([240, 1680]), Seasons([240]), Seasons.none].compactMap { $0 }
  static let lead = LeadWindow(opens: 5.25, closes: 5.5)

  static func fitted(
    _ values: [Double], seasons: Seasons = LeadDemandTests.seasons[0],
    lead: LeadWindow = LeadDemandTests.lead
  ) throws -> LeadDemand {
    try LeadDemandFit.fit(values: values, seasons: seasons, lead: lead).model
  }

  @Test(
    "quantiles ascend with the level, are finite and not negative",
    arguments: 1...6 as ClosedRange<UInt64>)
  func ascending(seed: UInt64) throws {
    let noise = Seeded.noises[Int(seed) % Seeded.noises.count]
    var values = Demand.daily(count: 2400, day: Self.day, seed: seed, noise: noise)
    var random = Seeded(seed)
    // Outages and bursts, so that the features leave their usual range.
    for _ in 0..<6 {
      let start = Int(random.uniform() * 2300)
      let factor = random.uniform() < 0.5 ? 0 : 8 * random.uniform()
      for step in start..<(start + 20) { values[step] *= factor }
    }
    let seasons = Self.seasons[Int(seed) % Self.seasons.count]
    var model = try Self.fitted(Array(values[..<2000]), seasons: seasons)
    for step in 2000..<2400 {
      model.advance(values[step], at: seasons.positions(ofStep: step))
      let uppers = [0, 0.01, 0.3, 0.5, 0.8, 0.9, 0.95, 0.97, 0.99, 0.995, 0.9999, 1].compactMap {
        model.upper(quantile: $0)
      }
      let isAscending = zip(uppers, uppers.dropFirst()).allSatisfy { $0 <= $1 }
      #expect(uppers.count == 12 && isAscending, "seed \(seed) step \(step): \(uppers)")
      #expect(uppers.allSatisfy { $0.isFinite && $0 >= 0 }, "seed \(seed) step \(step): \(uppers)")
      #expect(uppers.last ?? 0 <= 4 * (values.max() ?? 0), "seed \(seed) step \(step)")
    }
  }

  @Test("outcomes exceed the 90, 95 and 99 % quantiles about as often as they should")
  func calibrated() throws {
    // Four seeds, each fitted on ten days and asked for ten: 9,600 outcomes.
    let levels = [0.9: 0.075...0.125, 0.95: 0.035...0.065, 0.99: 0.004...0.017]
    var exceeded: [Double: Int] = [:]
    var outcomes = 0
    let seasons = Self.seasons[0]
    for seed in 100..<104 as Range<UInt64> {
      let values = Demand.daily(count: 4800, day: Self.day, seed: seed, noise: 0.1)
      var model = try Self.fitted(Array(values[..<2400]), seasons: seasons)
      for step in 2400..<(4800 - 6) {
        model.advance(values[step], at: seasons.positions(ofStep: step))
        let outcome = values[step + 1 + Self.lead.first]
        for level in levels.keys.sorted() {
          let upper = try #require(model.upper(quantile: level, part: model.parts.count - 1))
          if outcome > upper { exceeded[level, default: 0] += 1 }
        }
        outcomes += 1
      }
    }
    for (level, band) in levels.sorted(by: { $0.key < $1.key }) {
      let share = Double(exceeded[level] ?? 0) / Double(outcomes)
      #expect(band.contains(share), "level \(level) was exceeded by \(share)")
    }
  }

  @Test(
    "a thousand times the demand gives a thousand times the quantiles",
    arguments: 1...6 as ClosedRange<UInt64>)
  func scaleEquivariant(seed: UInt64) throws {
    let seasons = Self.seasons[Int(seed) % Self.seasons.count]
    let values = Demand.daily(count: 2400, day: Self.day, seed: seed, noise: 0.08)
    var small = try Self.fitted(values, seasons: seasons)
    var large = try Self.fitted(values.map { $0 * 1000 }, seasons: seasons)
    for step in 2400..<2500 {
      let value = 80 + Double(step % 7)
      small.advance(value, at: seasons.positions(ofStep: step))
      large.advance(value * 1000, at: seasons.positions(ofStep: step))
      for level in [0.5, 0.9, 0.99, 0.999] {
        let one = try #require(small.upper(quantile: level))
        let thousand = try #require(large.upper(quantile: level))
        #expect((thousand / one / 1000 - 1).magnitude < 1e-6, "seed \(seed), step \(step)")
      }
    }
  }

  @Test("more demand in the newest step asks for more at every level")
  func follows() throws {
    let seasons = Self.seasons[0]
    let values = Demand.daily(count: 2400, day: Self.day, seed: 8, noise: 0.05)
    let model = try Self.fitted(values)
    let calm = try #require(model.upper(quantile: 0.95))
    var tripled = model
    for step in 2400..<2404 { tripled.advance(300, at: seasons.positions(ofStep: step)) }
    #expect(try #require(tripled.upper(quantile: 0.95)) > 1.5 * calm)
  }

  @Test(
    "a step at opening time that came on earlier days is expected",
    arguments: [30, 100])
  func openingTime(opening: Int) throws {
    // Demand of 20, and of 60 for the half day after opening.
    let seasons = Self.seasons[0]
    var random = Seeded(11)
    let values = (0..<2640).map { step in
      let phase = step % Self.day
      let level = phase >= opening && phase < opening + 120 ? 60.0 : 20.0
      return level * (1 + 0.02 * random.normal())
    }
    let today = 10 * Self.day
    var model = try Self.fitted(Array(values[..<today]))
    var blind = try Self.fitted(Array(values[..<today]), seasons: .none)
    for step in today..<(today + opening - 2) {
      model.advance(values[step], at: seasons.positions(ofStep: step))
      blind.advance(values[step], at: SeasonPositions())
    }
    let known = try #require(model.upper(quantile: 0.9))
    let unknown = try #require(blind.upper(quantile: 0.9))
    #expect(known > 40, "two steps before opening it expects \(known)")
    #expect(unknown < 40, "without seasons it cannot know, and says \(unknown)")
  }

  @Test("a step that came once, in calm demand, is foreseen the second time, to the step")
  func secondOccurrence() throws {
    let seasons = Self.seasons[1]
    let opening = 90
    var random = Seeded(21)
    let values = (0..<(12 * Self.day)).map { step in
      let isOpen = step >= 10 * Self.day && (opening..<210).contains(step % Self.day)
      return (isOpen ? 60.0 : 20.0) * (1 + 0.02 * random.normal())
    }
    let today = 11 * Self.day
    var model = try Self.fitted(Array(values[..<today]), seasons: seasons)
    let part = model.parts.count - 1
    for step in today..<(today + opening - 1) {
      model.advance(values[step], at: seasons.positions(ofStep: step))
      let upper = try #require(model.upper(quantile: 0.9, part: part))
      let served = step + 1 + Self.lead.first
      #expect((upper > 45) == (served >= today + opening), "step \(step - today): \(upper)")
    }
  }

  @Test("a share of exceedances is kept on average, and spent where demand is spread wider")
  func spending() throws {
    let seasons = Self.seasons[1]
    var random = Seeded(8)
    let values = (0..<(20 * Self.day)).map { step in
      let isVolatile = step % Self.day < Self.day / 2
      return 100 * Double.exp((isVolatile ? 0.12 : 0.04) * random.normal())
    }
    var model = try Self.fitted(Array(values[..<(10 * Self.day)]), seasons: seasons)
    var exceeded = [0, 0]
    for step in (10 * Self.day)..<(20 * Self.day - 1) {
      model.advance(values[step], at: seasons.positions(ofStep: step))
      let shares = [0.7, 0.5, 0.4, 0.2, 0.1, 0.05, 0.01, 0.001, 0]
      let uppers = shares.compactMap { model.upper(spending: $0) }
      #expect(zip(uppers, uppers.dropFirst()).allSatisfy { $0 <= $1 }, "\(uppers)")
      #expect(uppers[1] == model.upper(quantile: 0.5))
      // All three parts decide, so the next step exceeds their largest more rarely than one alone.
      if values[step + 1] > uppers[4] { exceeded[step % Self.day < Self.day / 2 ? 0 : 1] += 1 }
    }
    let share = Double(exceeded[0] + exceeded[1]) / Double(10 * Self.day)
    #expect((0.04...0.13).contains(share), "\(share) of the steps")
    #expect(exceeded[0] > 2 * exceeded[1], "\(exceeded)")
  }

  @Test("the probability of exceeding a quantile is its complement")
  func probability() throws {
    let model = try Self.fitted(Demand.daily(count: 2400, day: Self.day, seed: 4, noise: 0.1))
    for level in [0.5, 0.8, 0.95, 0.99, 0.999] {
      let upper = try #require(model.upper(quantile: level))
      let probability = try #require(model.probability(exceeding: upper))
      #expect((probability - (1 - level)).magnitude < 1e-9 + 1e-6 * (1 - level))
    }
    #expect(model.probability(exceeding: 0) ?? 0 > 0.9)
    #expect(model.probability(exceeding: 1e9) ?? 1 < 1e-6)
  }

  @Test("what the seasons expect is the last round's mean")
  func expectation() throws {
    let values = (0..<2400).map { 10 + Double(($0 / 10) % 24) }
    let seasons = Self.seasons[1]
    let model = try Self.fitted(values, seasons: seasons)
    for step in [2400, 2455, 2600] {
      let expected = try #require(model.expected(at: seasons.positions(ofStep: step)))
      #expect((expected - values[step - 240]).magnitude < 1e-3)
    }
    let blind = LeadDemand(lead: Self.lead, seasons: seasons)
    #expect(blind.expected(at: SeasonPositions()) == nil)
  }
}

extension Seeded {
  fileprivate static let noises = [0.0, 0.02, 0.1, 0.5]
}
