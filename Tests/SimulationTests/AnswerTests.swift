import Control
import Domain
import Testing

@testable import Simulation

@Suite("Answers beside the scorecards")
struct AnswerTests {
  static let burst = Burst(
    start: .seconds(1800), rise: .seconds(60), hold: .seconds(1200), fall: .seconds(60),
    multiplier: 3)

  @Test("a burst's cost is compared with a calm HPA on 50 % CPU in the same hours")
  func calm() throws {
    let world = try Worlds.world(Worlds.constant(10)) { $0.bursts = [Self.burst] }
    let outcome = world.run(Worlds.specification(.static) { $0.replicas = 30 })
    let score = try #require(world.comparedWithCalm([outcome]).first?.scorecard.bursts.first)
    // From 10/s to 20 replicas' worth of CPU target; the burst's 1320 s at 30 replicas.
    var calm = 0.0
    _ = try Worlds.world(Worlds.constant(10)).run(
      Worlds.specification(.hpaCPU) { $0.target = 0.5 }
    ) { step in
      if (360..<624).contains(step.step) { calm += Double(step.ready + step.pending) * 5 }
    }
    #expect(score.replicaSeconds == 30 * 1320)
    #expect(score.costOverCalm == 30 * 1320 / calm)
  }

  @Test("bursts are scored with their kind, their rates and the pool's bill")
  func scores() throws {
    let world = try Worlds.world(Worlds.constant(10, hours: 30)) {
      $0.fleet.warmPool = FleetModel.WarmPool(size: 10, boot: .seconds(30), cost: 0.5)
      var again = Self.burst
      again.start = .seconds(1800 + 86_400)
      var known = Self.burst
      known.start = .seconds(7200)
      known.isAnnounced = true
      $0.bursts = [again, known, Self.burst]
    }
    let scores = world.run(Worlds.specification(.static) { $0.replicas = 30 }).scorecard.bursts
    #expect(scores.map(\.kind) == [.surprise, .announced, .forecastable])
    let first = try #require(scores.first)
    #expect(abs(first.rateBefore - 10 * (1 + 2 * 2.5 / 60)) < 1e-9 && first.peakRate == 30)
    #expect(first.readyBefore == 30)
    #expect(first.replicaSeconds == (30 + 0.5 * 10) * 1320)
  }

  @Test("growth is answered with today's cost, the baseline's bill and the straight line")
  func growth() async throws {
    let trace = Worlds.constant(10)
    let scenario = Worlds.scenario(trace) {
      $0.growth = Growth(constant: 3)
      $0.policies = [
        Worlds.specification(.hpaRPS), Worlds.specification(.static) { $0.replicas = 40 },
      ]
    }
    let world = try SimulatedWorld(scenario, trace: trace)
    let outcomes = await world.runAll(scenario.policies, workers: 1)
    let answer = try #require(
      try await GrowthAnswer.answer(
        scenario, trace: trace, world: world, lead: outcomes[0], baseline: outcomes[1], bill: 100))
    #expect(abs(answer.linear - 3) < 1e-9)
    let today = answer.lead.today.scorecard.replicaSeconds
    #expect(answer.multiple == outcomes[0].scorecard.replicaSeconds / today && answer.multiple > 2)
    let multiple = try #require(answer.multipleOfBaseline)
    let base = try #require(answer.baseline?.today.scorecard.replicaSeconds)
    #expect(multiple == outcomes[0].scorecard.replicaSeconds / base && multiple < 2)
    let projected = try #require(answer.projectedBill)
    #expect(projected.lead == 100 * multiple && abs(projected.linear - 300) < 1e-9)
  }

  @Test("without growth there is nothing to answer")
  func ungrown() async throws {
    let trace = Worlds.constant(10)
    let scenario = Worlds.scenario(trace) { $0.policies = [Worlds.specification(.hpaRPS)] }
    let world = try SimulatedWorld(scenario, trace: trace)
    let outcome = world.run(scenario.policies[0])
    let answer = try await GrowthAnswer.answer(
      scenario, trace: trace, world: world, lead: outcome, baseline: nil)
    #expect(answer == nil)
  }
}

@Suite("What decisions planned for")
struct OutlookTests {
  @Test("every decision with a forecast tells its median and upper end, events counted in")
  func told() throws {
    let world = try Worlds.world(Worlds.trace(days: 3), after: 60) {
      $0.bursts = [
        Burst(
          start: .seconds(7200), rise: .seconds(60), hold: .seconds(1800), fall: .seconds(60),
          multiplier: 3, isAnnounced: true)
      ]
    }
    func outlooks(_ kind: PolicyKind) -> [DemandOutlook] {
      var seen: [DemandOutlook] = []
      _ = world.run(Worlds.specification(kind), onOutlook: { seen.append($0) })
      return seen
    }
    let seen = outlooks(.hybrid)
    #expect(seen.count > 2000)
    #expect(seen.allSatisfy { $0.median <= $0.upper && $0.level > 0.5 && $0.level < 1 })
    func mean(_ steps: Range<Int>) -> Double {
      let part = seen.filter { steps.contains($0.step) }
      return part.reduce(0) { $0 + $1.upper } / Double(part.count)
    }
    #expect(mean(1500..<1740) > 2 * mean(1200..<1380))
    #expect(outlooks(.reactive).isEmpty)
  }
}
