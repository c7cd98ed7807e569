import Control
import Domain
import Testing

@testable import Simulation

@Suite("Our own core in the simulated world")
struct AutoscalerPolicyTests {
  static func run(
    _ world: SimulatedWorld, _ kind: PolicyKind
  ) throws -> (policy: AutoscalerPolicy, decisions: [DecisionRecord], result: RunResult) {
    var policy: any SimulatedPolicy = try #require(
      AutoscalerPolicy(Worlds.specification(kind), world: world, keepsJournal: true))
    var decisions: [DecisionRecord] = []
    var run = SimulationRun(world: world)
    run.onDecision = { decisions.append($0) }
    let result = run.run(&policy)
    return (try #require(policy as? AutoscalerPolicy), decisions, result)
  }

  @Test(
    "its journal, replayed through a fresh core, ends in the same state",
    arguments: PolicyKind.allCases.filter(\.isOurs))
  func replay(kind: PolicyKind) throws {
    let world = try Worlds.world(Worlds.trace(), after: 42) {
      $0.faults = [Fault(kind: .metricsLost, start: .seconds(7200), length: .seconds(600))]
    }
    let (policy, _, _) = try Self.run(world, kind)
    let journal = try #require(policy.journal)
    let service = try #require(Worlds.specification(kind).servicePolicy(in: world))
    var fresh = Autoscaler(policy: service)
    for event in journal { _ = fresh.handle(event) }
    #expect(fresh.snapshot == policy.autoscaler.snapshot)
  }

  @Test("a model fitted on history is there at the start, and refits are asked for and delivered")
  func fits() throws {
    let world = try Worlds.world(Worlds.trace(days: 3), after: 44)
    let journal = try #require(try Self.run(world, .hybrid).policy.journal)
    let fits = journal.enumerated().filter { entry in
      if case .fitted = entry.element { return true }
      if case .fitFailed = entry.element { return true }
      return false
    }
    #expect(fits.first?.offset == 0)
    #expect(fits.count >= 2)
    #expect(zip(journal, journal.dropFirst()).allSatisfy { $0.time <= $1.time })
  }

  @Test("observations carry the interval's rate, the queue and the fleet, or unknown in silence")
  func observations() throws {
    let world = try Worlds.world(Worlds.constant(10)) {
      $0.faults = [Fault(kind: .metricsLost, start: .seconds(600), length: .seconds(60))]
    }
    let journal = try #require(try Self.run(world, .reactive).policy.journal)
    var silent = 0
    for case .observed(let seen) in journal {
      #expect(seen.ready != nil && seen.pending != nil)
      let isSilent = (600..<660).contains(Int(seen.time.since(world.grid.start).inSeconds))
      #expect(isSilent ? seen.rate == nil && seen.queue == nil : seen.rate == 10)
      silent += isSilent ? 1 : 0
    }
    #expect(silent == 4)
  }

  @Test("every decision that changed the size says why")
  func reasons() throws {
    let world = try Worlds.world(Worlds.trace(), after: 44)
    let decisions = try Self.run(world, .hybrid).decisions
    #expect(!decisions.isEmpty)
    #expect(decisions.allSatisfy { !$0.reason.isEmpty && $0.from != $0.to })
  }

  @Test("an announced burst finds its capacity ready; an unannounced one does not")
  func announced() throws {
    func score(isAnnounced: Bool) throws -> BurstScore {
      let world = try Worlds.world(Worlds.constant(10, hours: 30), after: 24) {
        $0.fleet.boot = .seconds(300)
        $0.bursts = [
          Burst(
            start: .seconds(7200), rise: .seconds(60), hold: .seconds(1800), fall: .seconds(60),
            multiplier: 3, isAnnounced: isAnnounced)
        ]
      }
      return try #require(try Self.run(world, .hybrid).result.scorecard.bursts.first)
    }
    let known = try score(isAnnounced: true)
    #expect(known.timeToCapacity <= 60 && known.late == 0)
    let surprise = try score(isAnnounced: false)
    #expect(surprise.timeToCapacity > 300 && surprise.late > 0)
  }
}
