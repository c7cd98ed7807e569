import Domain
import Testing

@testable import Web

@Suite("Changes of the target")
struct TargetChangeTests {
  @Test("Decisions become the changes of the target")
  func changes() {
    let decisions = [(3, 5), (1, 4), (2, 4), (4, 5), (5, 4)].map { time, target in
      var decision = Decision.sample(
        number: Int64(time), at: Timestamp(seconds: Int64(time)))
      decision.target = target
      return decision
    }
    #expect(TargetChange.changes(in: decisions).map(\.time.seconds) == [1, 3, 5])
    #expect(TargetChange.changes(in: decisions).map(\.target) == [4, 5, 4])
  }
}
