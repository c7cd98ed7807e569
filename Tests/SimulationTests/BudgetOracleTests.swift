import Control
import Domain
import Testing

@testable import Simulation

@Suite("The oracle with a violation budget")
struct BudgetOracleTests {
  static func bound(_ world: SimulatedWorld, width: Int) -> BudgetBound {
    var stream = world.demand.stream()
    let arrivals = (0..<world.grid.count).map { _ in stream.next().arrivals }
    return BudgetBound(
      arrivals: arrivals, dt: world.grid.dt, ratePerReplica: world.fleet.ratePerReplica,
      slo: world.slo, boot: world.boot, width: width)
  }

  @Test("no policy costs less than the bound for the violations that it had", arguments: 0..<6)
  func valid(seed: Int) throws {
    var random = SplitMix64(seed: UInt64(seed))
    let trace = Worlds.trace(days: 1, noise: 0.4, seed: random.next())
    let world = try Worlds.world(trace, after: 23) {
      $0.fleet.boot = .seconds([0, 60, 300, 900][seed % 4])
      $0.fleet.queueLimit = seed % 3 == 0 ? 200 : 5000
      $0.arrivals = seed % 2 == 0 ? .fluid : .poisson(seed: UInt64(seed))
    }
    let kinds: [PolicyKind] = [.hpaRPS, .kpa, .perfect, .oracleBudget]
    var cards = kinds.map { world.run(Worlds.specification($0)).scorecard }
    var restless: any SimulatedPolicy = RestlessPolicy(random: random)
    cards.append(SimulationRun(world: world).run(&restless).scorecard)
    for target in [0.85, 0.95, 1.05] {
      cards.append(
        world.run(Worlds.specification(.hpaRPS) { ($0.target, $0.tolerance) = (target, 0) })
          .scorecard)
    }
    for width in [1, 12, 60] {
      let bound = Self.bound(world, width: width)
      for card in cards {
        let least = bound.replicaSeconds(budget: card.violation)
        #expect(least <= card.replicaSeconds + 1e-6, "seed \(seed), width \(width)")
      }
    }
  }

  @Test("on a calm day the bound for no violations is near the zero-wait oracle")
  func tight() throws {
    let world = try Worlds.world(Worlds.trace(days: 1, mean: 200, noise: 0), after: 18)
    let bound = Self.bound(world, width: 6).replicaSeconds(budget: 0)
    #expect(bound > 0.98 * world.oracleSeconds && bound <= world.oracleSeconds)
  }

  @Test(
    "the schedule keeps the budget, saves, and stays above its bound",
    arguments: [0.001, 0.05])
  func feasible(budget: Double) throws {
    let world = try Worlds.world(Worlds.trace(days: 1, noise: 0.1), after: 21) {
      $0.objective.violation = budget
      $0.bursts = [
        Burst(
          start: .seconds(7200), rise: .seconds(60), hold: .seconds(120), fall: .seconds(60),
          multiplier: 4)
      ]
    }
    let outcome = world.run(Worlds.specification(.oracleBudget))
    let bound = try #require(outcome.certifiedBound)
    #expect(outcome.isWithinObjective)
    #expect(outcome.scorecard.oracleRatio < 1 && bound <= outcome.scorecard.oracleRatio)
  }

  @Test("the saving grows with the budget")
  func monotone() throws {
    let ratios = try [0.0, 0.002, 0.02].map { budget in
      try Worlds.world(Worlds.trace(days: 1, noise: 0.1), after: 21) {
        $0.objective.violation = budget
      }
      .run(Worlds.specification(.oracleBudget)).scorecard.oracleRatio
    }
    // Even without a budget a request may wait as long as the objective says.
    #expect(ratios[0] <= 1 && ratios[1] < ratios[0] && ratios[2] < ratios[1])
  }

  @Test("an objective longer than a step has no certified bound")
  func coarse() throws {
    let world = try Worlds.world(Worlds.constant(10)) { $0.objective.sloWait = .seconds(5) }
    #expect(Self.bound(world, width: 12).replicaSeconds(budget: 0.01) == 0)
  }
}
