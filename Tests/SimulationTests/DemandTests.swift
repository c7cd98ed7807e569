import Domain
import Testing

@testable import Simulation

@Suite("Demand")
struct DemandTests {
  let start = Worlds.start

  @Test("the rate is a line between interval centres, level outside, and bridges gaps")
  func interpolation() throws {
    let trace = TimeSeries(start: start, step: .seconds(60), values: [10, 20, .nan, 40])
    let expected: [(Double, Double)] = [
      (0, 10), (30, 10), (45, 12.5), (60, 15), (90, 20), (150, 30), (210, 40), (500, 40),
    ]
    var curve = try #require(RateCurve(trace: trace))
    for (time, rate) in expected { #expect(abs(curve.rate(at: time) - rate) < 1e-12, "\(time)") }
    #expect(RateCurve(trace: TimeSeries(start: start, step: .seconds(60), values: [.nan])) == nil)
  }

  @Test("the evaluated mean is what was asked for, before growth and bursts")
  func scale() throws {
    let world = try Worlds.world(Worlds.trace()) { $0.scaledMean = 7 }
    var stream = world.demand.stream()
    var sum = 0.0
    for _ in 0..<world.grid.count { sum += stream.next().rate }
    #expect(abs(sum / Double(world.grid.count) - 7) < 1e-9)
  }

  @Test(
    "growth is a ramp that then stays",
    arguments: [(0.0, 1.0), (1800, 2), (3600, 3), (9000, 3)])
  func growth(seconds: Double, factor: Double) {
    let growth = Growth(from: 1, to: 3, over: .seconds(3600))
    #expect(growth.factor(at: seconds) == factor)
    #expect(Growth(constant: 2).factor(at: seconds) == 2)
  }

  @Test(
    "bursts are trapezoids and multiply where they overlap",
    arguments: [
      (50.0, 1.0), (110, 2), (125, 3), (150, 6), (165, 5.5), (180, 2), (190, 1.5), (300, 1),
    ])
  func bursts(seconds: Double, factor: Double) {
    var bursts = BurstFactor([
      Burst(start: .seconds(140), rise: .zero, hold: .seconds(30), fall: .zero, multiplier: 2),
      Burst(
        start: .seconds(100), rise: .seconds(20), hold: .seconds(40), fall: .seconds(40),
        multiplier: 3),
    ])
    #expect(abs(bursts.next(at: seconds) - factor) < 1e-12)
  }

  @Test("history is the scaled trace up to the window, without growth and bursts")
  func history() throws {
    let trace = Worlds.constant(10)
    let world = try Worlds.world(trace) {
      $0.growth = Growth(constant: 3)
      $0.scaledMean = 5
      $0.bursts = [
        Burst(start: .zero, rise: .zero, hold: .seconds(600), fall: .zero, multiplier: 2)
      ]
    }
    let history = world.demand.history(width: .seconds(300))
    #expect(history.values == Array(repeating: 5, count: 12))
    #expect(history.end == world.grid.start)
    var stream = world.demand.stream()
    #expect(stream.next().rate == 30)
  }

  @Test("history asked for beyond the trace's start is not invented")
  func shortHistory() throws {
    let world = try Worlds.world(Worlds.constant(10)) { $0.history = .seconds(86_400) }
    #expect(world.demand.history(width: .seconds(300)).count == 12)
  }

  @Test("every replay gives the same steps, texture and Poisson arrivals included")
  func replay() throws {
    let world = try Worlds.world(Worlds.trace()) {
      $0.texture = Texture(deviation: 0.1, memory: .seconds(600), seed: 5)
      $0.arrivals = .poisson(seed: 6)
    }
    var first = world.demand.stream()
    var second = world.demand.stream()
    for _ in 0..<500 { #expect(first.next() == second.next()) }
  }

  @Test("the texture does not depend on where the window begins, only on where the grid does")
  func textureGrid() throws {
    let trace = Worlds.constant(10)
    let texture = Texture(deviation: 0.1, memory: .seconds(600), seed: 5)
    let early = try Worlds.world(trace, after: 1) { $0.texture = texture }
    let late = try Worlds.world(trace, after: 2) { $0.texture = texture }
    var whole = early.demand.stream()
    var part = late.demand.stream()
    for _ in 0..<720 { _ = whole.next() }
    for _ in 0..<100 { #expect(whole.next() == part.next()) }
  }

  @Test("Poisson counts have the asked mean and variance", arguments: [0.5, 5, 29.9, 30, 400])
  func poisson(mean: Double) {
    var random = SplitMix64(seed: 11)
    let count = 20_000
    let draws = (0..<count).map { _ in random.poisson(mean: mean) }
    let average = draws.reduce(0, +) / Double(count)
    let variance = draws.reduce(0) { $0 + ($1 - average) * ($1 - average) } / Double(count)
    // Five standard errors of each estimate.
    #expect(abs(average - mean) < 5 * (mean / Double(count)).squareRoot())
    #expect(abs(variance / mean - 1) < 5 * ((2 + 1 / mean) / Double(count)).squareRoot())
  }
}
