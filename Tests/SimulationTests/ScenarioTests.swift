import Control
import Domain
import Testing

@testable import Simulation

@Suite("Scenarios")
struct ScenarioTests {
  typealias Change = @Sendable (inout Scenario) -> Void

  static let faulty: [(sentence: String, change: Change)] = [
    ("step is 500ms; it must be a whole number of seconds.", { $0.step = .milliseconds(500) }),
    ("evaluate ends at", { $0.to = $0.from }),
    ("but the trace covers", { $0.to = $0.to + .seconds(600) }),
    ("control.lag is 7s; it must be a multiple of the step.", { $0.control.lag = .seconds(7) }),
    ("control.interval is shorter than the step.", { $0.control.interval = .zero }),
    ("fleet.boot is 1m1s; it must be", { $0.fleet.boot = .seconds(61) }),
    ("scale.mean is 0.0; it must be above zero.", { $0.scaledMean = 0 }),
    ("growth.to is nan; it must be above zero.", { $0.growth.to = .nan }),
    ("fleet.rate_per_replica is -1.0", { $0.fleet.ratePerReplica = -1 }),
    ("fleet.min and max are 5 and 4", { ($0.fleet.minimum, $0.fleet.maximum) = (5, 4) }),
    ("objective.violation is 1.5; it is a share", { $0.objective.violation = 1.5 }),
    (
      "texture.tau must be above zero.",
      {
        $0.texture = Texture(deviation: 0.1, memory: .zero, seed: 1)
      }
    ),
    (
      "bursts[0] starts after the evaluated window.",
      {
        $0.bursts = [
          Burst(start: .seconds(90_000_000), rise: .zero, hold: .zero, fall: .zero, multiplier: 2)
        ]
      }
    ),
    (
      "faults[0] needs a start",
      {
        $0.faults = [Fault(kind: .metricsLost, start: .zero, length: .zero)]
      }
    ),
    (
      "Two policies are called a.",
      {
        $0.policies = [.init(name: "a", kind: .static), .init(name: "a", kind: .kpa)]
      }
    ),
    (
      "policies.static is of kind static, which has no target.",
      {
        $0.policies = [Worlds.specification(.static) { $0.target = 0.5 }]
      }
    ),
    (
      "policies.hpa-rps.target is 0.0; it must be above zero.",
      {
        $0.policies = [Worlds.specification(.hpaRPS) { $0.target = 0 }]
      }
    ),
    (
      "policies.static.floor holds a negative or non-finite value.",
      {
        $0.policies = [Worlds.specification(.static) { $0.floor = [1, .nan] }]
      }
    ),
    ("A policy is called \"a b\"", { $0.policies = [.init(name: "a b", kind: .static)] }),
  ]

  @Test("what cannot be simulated is refused with a sentence", arguments: 0..<faulty.count)
  func refused(index: Int) {
    let (sentence, change) = Self.faulty[index]
    let trace = Worlds.constant(10)
    let error = #expect(throws: ScenarioError.self) {
      try Worlds.scenario(trace, change: change).validate(trace: trace)
    }
    #expect(error?.sentences.count == 1)
    #expect(error?.description.contains(sentence) == true, "\(error?.description ?? "")")
  }

  @Test("every fault of a scenario is named at once")
  func several() {
    let trace = Worlds.constant(10)
    let error = #expect(throws: ScenarioError.self) {
      try Worlds.scenario(trace) {
        $0.scaledMean = -1
        $0.objective.violation = 2
      }.validate(trace: trace)
    }
    #expect(error?.sentences.count == 2)
  }

  @Test("a window of zeros cannot be scaled, and does run unscaled")
  func zeros() throws {
    let trace = Worlds.constant(0)
    #expect(throws: ScenarioError.self) { try Worlds.world(trace) { $0.scaledMean = 5 } }
    let card = try Worlds.world(trace).run(Worlds.specification(.hpaRPS)).scorecard
    #expect(card.violation == 0 && card.availability == 1 && card.p99Wait == 0)
  }

  @Test("the outcomes do not depend on the number of workers")
  func workers() async throws {
    let world = try Worlds.world(Worlds.trace(days: 1), after: 20)
    let kinds: [PolicyKind] = [.reactive, .static, .hpaRPS, .phpa, .kpa, .oracle, .perfect]
    let specifications = kinds.map { Worlds.specification($0) }
    let one = await world.runAll(specifications, workers: 1)
    let four = await world.runAll(specifications, workers: 4)
    #expect(one == four)
    #expect(one.map(\.kind) == kinds)
  }
}

@Suite("Faults")
struct FaultTests {
  static func sizes(_ kind: PolicyKind, _ faults: [Fault], burst: Bool = true) throws
    -> [StepRecord]
  {
    let world = try Worlds.world(Worlds.constant(10)) {
      $0.faults = faults
      if burst {
        $0.bursts = [
          Burst(
            start: .seconds(600), rise: .zero, hold: .seconds(1200), fall: .zero, multiplier: 3)
        ]
      }
    }
    var records: [StepRecord] = []
    _ = world.run(Worlds.specification(kind)) { records.append($0) }
    return records
  }

  @Test(
    "while metrics are lost every rival keeps its size",
    arguments: PolicyKind.allCases.filter { !$0.isOurs && !$0.isLimit })
  func lost(kind: PolicyKind) throws {
    let fault = Fault(kind: .metricsLost, start: .seconds(600), length: .seconds(1200))
    let sizes = try Self.sizes(kind, [fault])[120..<360].map { $0.ready + $0.pending }
    #expect(Set(sizes).count == 1)
  }

  @Test("silence never scales our policies down", arguments: PolicyKind.allCases.filter(\.isOurs))
  func silence(kind: PolicyKind) throws {
    let fault = Fault(kind: .metricsLost, start: .seconds(900), length: .seconds(3600))
    let sizes = try Self.sizes(kind, [fault])[180..<900].map { $0.ready + $0.pending }
    #expect(zip(sizes, sizes.dropFirst()).allSatisfy { $0 <= $1 })
  }

  @Test("slow boots delay what is started while they last")
  func slow() throws {
    let fault = Fault(kind: .bootSlow(factor: 3), start: .zero, length: .seconds(3600))
    func firstGrowth(_ records: [StepRecord]) -> Int? {
      zip(records, records.dropFirst()).first { $1.step > 120 && $1.ready > $0.ready }?.1.step
    }
    let usual = try #require(firstGrowth(try Self.sizes(.hpaRPS, [])))
    let slowed = try #require(firstGrowth(try Self.sizes(.hpaRPS, [fault])))
    #expect(slowed - usual == 24)
  }

  @Test("refused launches add nothing, and shrinking still works")
  func refused() throws {
    let fault = Fault(kind: .launchRefused, start: .seconds(300), length: .seconds(36_000))
    let records = try Self.sizes(.hpaRPS, [fault])
    let sizes = records[60...].map { $0.ready + $0.pending }
    #expect(zip(sizes, sizes.dropFirst()).allSatisfy { $0 >= $1 })
  }
}
