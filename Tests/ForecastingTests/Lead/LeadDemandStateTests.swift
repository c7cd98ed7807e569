import Testing

@testable import Forecasting

@Suite("The state of the demand within the lead window")
struct LeadDemandStateTests {
  static let seasons = LeadDemandTests.seasons[0]

  static func bytes(_ model: LeadDemand) -> [UInt8] {
    var writer = StateWriter()
    model.writeState(to: &writer)
    return writer.bytes
  }

  @Test("a restored model is equal and goes on equally", arguments: [0, 3, 300])
  func roundTrip(gap: Int) throws {
    let values = Demand.daily(count: 2700, day: 240, seed: 2, noise: 0.05)
    var model = try LeadDemandTests.fitted(Array(values[..<2000]))
    for step in 2000..<2200 {
      model.advance(values[step], at: Self.seasons.positions(ofStep: step))
    }
    for step in 2200..<(2200 + gap) { model.advance(nil, at: Self.seasons.positions(ofStep: step)) }
    var reader = StateReader(Self.bytes(model))
    var restored = try LeadDemand(from: &reader)
    #expect(reader.remaining == 0)
    #expect(restored == model)
    for step in (2200 + gap)..<(2500 + gap / 2) {
      model.advance(values[step], at: Self.seasons.positions(ofStep: step))
      restored.advance(values[step], at: Self.seasons.positions(ofStep: step))
      #expect(restored.upper(quantile: 0.99) == model.upper(quantile: 0.99))
    }
    #expect(Self.bytes(restored) == Self.bytes(model))
  }

  @Test("a model that was never fitted survives as well")
  func unfitted() throws {
    var model = LeadDemand(lead: LeadDemandTests.lead, seasons: .none)
    for _ in 0..<40 { model.advance(3, at: SeasonPositions()) }
    var reader = StateReader(Self.bytes(model))
    #expect(try LeadDemand(from: &reader) == model)
  }

  @Test("the same history gives the same bytes, and they stay small")
  func deterministic() throws {
    let values = Demand.daily(count: 4 * 2880, day: 2880, seed: 7)
    let week = try #require(Seasons([2880, 7 * 2880]))
    let lead = LeadWindow(opens: 10.5, closes: 11)
    let first = Self.bytes(try LeadDemandTests.fitted(values, seasons: week, lead: lead))
    let second = Self.bytes(try LeadDemandTests.fitted(values, seasons: week, lead: lead))
    #expect(first == second)
    #expect(first.count < 36_864)
  }

  @Test("coefficients adopted by a running model answer as the fitted model does")
  func adoption() throws {
    let values = Demand.daily(count: 2400, day: 240, seed: 12, noise: 0.05)
    let fit = try LeadDemandFit.fit(
      values: values, seasons: Self.seasons, lead: LeadDemandTests.lead)
    var running = LeadDemand(lead: LeadDemandTests.lead, seasons: Self.seasons)
    for step in values.indices {
      running.advance(values[step], at: Self.seasons.positions(ofStep: step))
    }
    #expect(running.upper(quantile: 0.9) == nil)
    let isAdopted = running.adopt(fit.coefficients)
    #expect(isAdopted)
    let adopted = try #require(running.upper(quantile: 0.9))
    let fitted = try #require(fit.model.upper(quantile: 0.9))
    #expect((adopted / fitted - 1).magnitude < 1e-9)
    var other = LeadDemand(lead: LeadDemandTests.lead, seasons: .none)
    let isRefused = !other.adopt(fit.coefficients)
    #expect(isRefused)
  }

  @Test("bytes cut off or altered are refused, never a trap")
  func damaged() throws {
    let bytes = Self.bytes(
      try LeadDemandTests.fitted(Demand.daily(count: 2400, day: 240, seed: 2)))
    for count in stride(from: 0, to: bytes.count, by: 997) {
      var reader = StateReader(Array(bytes[..<count]))
      #expect(throws: StateError.self) { try LeadDemand(from: &reader) }
    }
    var random = Seeded(1)
    for _ in 0..<300 {
      var damaged = bytes
      for _ in 0..<3 {
        damaged[Int(random.uniform() * Double(bytes.count))] = UInt8.random(
          in: 0...255, using: &random)
      }
      var reader = StateReader(damaged)
      guard var model = try? LeadDemand(from: &reader) else { continue }
      for step in 0..<300 { model.advance(100, at: Self.seasons.positions(ofStep: step)) }
      #expect(model.upper(quantile: 0.95)?.isFinite ?? true)
    }
  }

  @Test(
    "the lead window is cut into the next step, the middle of the way and what an order serves",
    arguments: [
      (opens: 0.0, closes: 1.0, parts: [0...0]),
      (1.25, 1.5, [0...0, 1...1]),
      (5.0, 6.0, [0...0, 2...3, 5...5]),
      (10.5, 11.5, [0...0, 5...6, 10...11]),
      (-3, -4, [0...0]),
      (.infinity, 0, [0...0, 511...512, 1023...1023]),
    ])
  func parts(opens: Double, closes: Double, parts: [ClosedRange<Int>]) {
    #expect(LeadWindow(opens: opens, closes: closes).parts == parts)
  }
}
