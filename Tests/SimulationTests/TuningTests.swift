import Control
import Domain
import Testing

@testable import Simulation

@Suite("Tuning")
struct TuningTests {
  static func point(_ cost: Double, _ violation: Double) -> Tuning.Point {
    var card = Scorecard()
    card.replicaSeconds = cost
    card.violation = violation
    return Tuning.Point(scaling: ScalingPolicy(), scorecard: card)
  }

  @Test("the front is what nothing beats in both cost and violations")
  func front() {
    let points = [
      Self.point(10, 0.02), Self.point(12, 0.01), Self.point(11, 0.03), Self.point(12, 0.015),
      Self.point(20, 0.01), Self.point(30, 0),
    ]
    #expect(Tuning.front(points).map(\.scorecard.replicaSeconds) == [10, 12, 30])
  }

  @Test("the front survives first, then the cheapest near the objective")
  func survivors() {
    let points = [
      Self.point(10, 0.9), Self.point(14, 0.009), Self.point(13, 0.008), Self.point(15, 0.05),
    ]
    let kept = Tuning.survivors(points, count: 3, objective: 0.01)
    #expect(kept.map(\.scorecard.replicaSeconds) == [13, 10, 14])
  }

  @Test("a part of a scenario sees the demand of the whole")
  func part() throws {
    let trace = Worlds.trace()
    let scenario = Worlds.scenario(trace, after: 24) {
      $0.history = .seconds(36_000)
      $0.texture = Texture(deviation: 0.1, memory: .seconds(600), seed: 3)
      $0.growth = Growth(from: 1, to: 2, over: .seconds(43_200))
      $0.bursts = [
        Burst(
          start: .seconds(20_000), rise: .seconds(60), hold: .seconds(600), fall: .seconds(60),
          multiplier: 3)
      ]
      $0.faults = [Fault(kind: .metricsLost, start: .seconds(17_900), length: .seconds(300))]
    }
    let part = scenario.part(from: scenario.from + .seconds(18_000), to: scenario.to)
    #expect(part.faults == [Fault(kind: .metricsLost, start: .zero, length: .seconds(200))])
    var whole = try SimulatedWorld(scenario, trace: trace).demand.stream()
    var cut = try SimulatedWorld(part, trace: trace).demand.stream()
    for _ in 0..<3600 { _ = whole.next() }
    for _ in 0..<3000 {
      let (expected, rate) = (whole.next().rate, cut.next().rate)
      #expect(abs(expected - rate) < 1e-9 * expected)
    }
  }

  @Test("the recommended settings keep the objective where they were learnt, whoever runs them")
  func search() async throws {
    let trace = Worlds.trace(days: 1, noise: 0.1)
    let scenario = Worlds.scenario(trace, after: 18) {
      $0.scaledMean = 30
      $0.objective.violation = 0.05
    }
    let candidates = [0.7, 0.9, 1.1].map { utilization in
      ScalingPolicy(risk: .fixed(0.1), utilization: utilization)
    }
    let tuning = Tuning(candidates: candidates)
    let one = try await tuning.run(scenario, trace: trace, workers: 1)
    #expect(one == (try await tuning.run(scenario, trace: trace, workers: 3)))
    #expect(one.keepsObjective == (one.recommended.scorecard.violation <= 0.05))
    #expect(candidates.contains(one.recommended.scaling))
    #expect(one.front.contains(one.recommended))
    #expect(one.runs == 3 + 2 + 1 + 2 && one.runs == tuning.plannedRuns)
  }

  @Test("the grid varies each setting and holds no setting twice")
  func grid() {
    for base in [ScalingPolicy(), ScalingPolicy(utilization: 0.7, down: nil, upDeadband: 0.1)] {
      let grid = Tuning.grid(around: base)
      #expect(grid.count == 208)
      for (index, scaling) in grid.enumerated() { #expect(!grid[..<index].contains(scaling)) }
      #expect(grid.allSatisfy { $0.utilization == base.utilization })
      #expect(grid.allSatisfy { $0.upDeadband == base.upDeadband })
    }
  }

  @Test("what the scenario's own policy forecasts with is what the settings are tried with")
  func forecastSettings() async throws {
    let trace = Worlds.trace(days: 2)
    func search(_ forecast: ForecastPolicy?) async throws -> Tuning.Result {
      let scenario = Worlds.scenario(trace, after: 40) {
        $0.policies = [Worlds.specification(.hybrid) { $0.forecast = forecast }]
      }
      return try await Tuning(candidates: [ScalingPolicy(risk: .fixed(0.1))])
        .run(scenario, trace: trace, workers: 1)
    }
    let usual = try await search(nil)
    #expect(usual == (try await search(ForecastPolicy())))
    #expect(usual != (try await search(ForecastPolicy(isEnabled: false))))
  }

  @Test("shared fits change no outcome")
  func memory() async throws {
    let world = try Worlds.world(Worlds.trace(days: 3), after: 44)
    let specifications = [60, 120].map { seconds in
      Worlds.specification(.hybrid) { $0.scaling = ScalingPolicy(drain: .seconds(seconds)) }
    }
    #expect(FitMemories(for: specifications).memory(for: specifications[0]) != nil)
    #expect(FitMemories(for: [specifications[0]]).memory(for: specifications[0]) == nil)
    let shared = await world.runAll(specifications, workers: 2)
    #expect(shared == specifications.map { world.run($0) })
  }
}
