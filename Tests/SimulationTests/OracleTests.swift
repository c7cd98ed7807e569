import Domain
import Testing

@testable import Simulation

@Suite("The zero-wait oracle")
struct OracleTests {
  /// The definition, level by level.
  static func cost(_ needs: [Int], boot: Int) -> Int {
    var total = needs.reduce(0, +)
    for level in 1...max(1, needs.max() ?? 1) {
      var last: Int?
      for (step, need) in needs.enumerated() where need >= level {
        if let last {
          total += min(step - last - 1, boot)
        } else if step > 0 {
          total += boot
        }
        last = step
      }
    }
    return total
  }

  @Test("one pass equals the definition, level by level", arguments: 0..<30)
  func definition(seed: Int) {
    var random = SplitMix64(seed: UInt64(seed))
    let boot = Int(random.next() % 8)
    let needs = (0..<60).map { _ in Int(random.next() % 6) }
    var oracle = ZeroWaitOracle(boot: boot)
    for need in needs { oracle.add(need: need) }
    #expect(oracle.replicaSteps == Self.cost(needs, boot: boot), "seed \(seed)")
  }

  @Test("no policy without violations is cheaper", arguments: PolicyKind.allCases)
  func lowest(kind: PolicyKind) throws {
    let world = try Worlds.world(Worlds.trace(noise: 0.05), after: 44)
    let card = world.run(Worlds.specification(kind)).scorecard
    #expect(card.oracleRatio >= 0.999 || card.violation > 0)
  }

  @Test("its schedule is played without any wait")
  func schedule() throws {
    let world = try Worlds.world(Worlds.trace(), after: 24)
    let card = world.run(Worlds.specification(.oracle)).scorecard
    #expect(card.violation == 0 && card.oracleRatio == 1 && card.peakQueue == 0)
    #expect(card.underprovisionedSeconds == 0)
  }

  @Test("a perfect forecast under a causal law stays within a tenth of it")
  func perfect() throws {
    let world = try Worlds.world(Worlds.trace(noise: 0.02), after: 24)
    let card = world.run(Worlds.specification(.perfect)).scorecard
    #expect(card.violation == 0)
    #expect(card.oracleRatio > 1 && card.oracleRatio < 1.1)
  }
}
