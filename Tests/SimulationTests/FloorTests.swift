import Domain
import Foundation
import Testing

@testable import Simulation

@Suite("The rivals' forecasts")
struct FloorTests {
  @Test("the fast transform equals the definition", arguments: [1, 2, 7, 12, 63, 64])
  func transform(count: Int) {
    var random = SplitMix64(seed: 3)
    let values = (0..<count).map { _ in random.normal() }
    for (frequency, part) in FourierTransform.coefficients(values).enumerated() {
      var (real, imaginary) = (0.0, 0.0)
      for (index, value) in values.enumerated() {
        let angle = -2 * Double.pi * Double(frequency * index) / Double(count)
        real += value * cos(angle)
        imaginary += value * sin(angle)
      }
      #expect(abs(part.real - real) < 1e-9 && abs(part.imaginary - imaginary) < 1e-9)
    }
  }

  @Test("seasonal smoothing learns a pure season")
  func season() throws {
    let season = (0..<24).map { 10 + 5 * sin(2 * .pi * Double($0) / 24) }
    let values = (0..<240).map { season[$0 % 24] }
    let model = try #require(
      SeasonalSmoothing.fitted(values, period: 24, lead: 2, trials: 40, seed: 7))
    for ahead in 0..<24 { #expect(abs(model.forecast(ahead: ahead) - season[ahead]) < 0.6) }
    #expect(SeasonalSmoothing.fitted(season, period: 24, lead: 2, trials: 4, seed: 7) == nil)
  }

  @Test("bins continue history and leave out what was missed")
  func bins() throws {
    let world = try Worlds.world(Worlds.constant(10))
    var bins = RateBins(demand: world.demand, width: .seconds(60), bridgesGaps: false)
    #expect(bins.count == 60 && bins.bin(of: 0) == 60)
    bins.observe(PolicyTests.view(step: 27, rate: 12))
    bins.miss(through: 36)
    bins.observe(PolicyTests.view(step: 51, rate: 14))
    #expect(bins.values.suffix(4).prefix(2) == [12, 12])
    #expect(bins.values[62].isNaN && bins.values[63] == 14)
    #expect(bins.series.start == Worlds.start)
  }

  @Test("bins that nobody reads any more are dropped, the others keep their times")
  func kept() throws {
    let world = try Worlds.world(Worlds.constant(10, hours: 30), after: 26)
    var all = RateBins(demand: world.demand, width: .seconds(60), bridgesGaps: false)
    var few = RateBins(
      demand: world.demand, width: .seconds(60), bridgesGaps: false, kept: .seconds(3600))
    for step in stride(from: 15, to: 1000, by: 12) {
      all.observe(PolicyTests.view(step: step, rate: Double(step)))
      few.observe(PolicyTests.view(step: step, rate: Double(step)))
      #expect(all.count == few.count && few.values.count <= 2 * 61)
      #expect(few.series.end == all.series.end)
      #expect(few.values.suffix(61) == all.values.suffix(61))
    }
    #expect(few.values.count < all.values.count)
  }

  @Test("the perfect floor is the largest need over boot and interval")
  func perfect() throws {
    let world = try Worlds.world(Worlds.trace(days: 1))
    var rates: [Double] = []
    var stream = world.demand.stream()
    for _ in 0..<400 { rates.append(stream.next().rate) }
    var floor = PerfectFloor(world: world, interval: 3)
    for step in stride(from: 6, to: 300, by: 3) {
      let expected = rates[step...(step + 15)].max()
      #expect(floor.replicas(PolicyTests.view(step: step)) == expected)
    }
  }

  @Test(
    "on a clean daily rhythm every forecast prevents violations that its policy has without it",
    arguments: [
      (PolicyKind.phpa, PolicyKind.hpaRPS), (.crane, .hpaRPS),
      (.awsPredictive, .targetTracking),
    ])
  func helps(predictive: PolicyKind, plain: PolicyKind) throws {
    let values = (0..<(6 * 1440)).map { minute in minute % 1440 < 600 ? 10.0 : 60 }
    let trace = TimeSeries(start: Worlds.start, step: .seconds(60), values: values)
    let world = try Worlds.world(trace, after: 96) { $0.fleet.boot = .seconds(300) }
    let with = world.run(Worlds.specification(predictive)).scorecard
    let without = world.run(Worlds.specification(plain)).scorecard
    #expect(with.violation < 0.7 * without.violation)
    #expect(without.violation > 0.001)
  }
}
