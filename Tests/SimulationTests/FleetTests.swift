import Testing

@testable import Simulation

@Suite("The simulated fleet")
struct FleetTests {
  @Test("replicas serve a boot time after their start")
  func boot() {
    var fleet = Fleet(ready: 2, boot: 12, poolSize: 0, warmBoot: 6)
    fleet.scale(to: 5, at: 10, boot: 12)
    fleet.advance(to: 21)
    #expect(fleet.ready == 2 && fleet.pendingCount == 3)
    fleet.advance(to: 22)
    #expect(fleet.ready == 5 && fleet.pendingCount == 0)
  }

  @Test("a shrink cancels what is ready last first, then stops serving replicas")
  func shrink() {
    var fleet = Fleet(ready: 4, boot: 12, poolSize: 0, warmBoot: 6)
    fleet.scale(to: 6, at: 0, boot: 12)
    fleet.scale(to: 9, at: 3, boot: 12)
    fleet.scale(to: 7, at: 6, boot: 12)
    #expect(fleet.pending.map(\.count) == [2, 1])
    fleet.scale(to: 3, at: 7, boot: 12)
    #expect(fleet.pending.isEmpty && fleet.ready == 3 && fleet.provisioned == 3)
  }

  @Test("the pool starts fast and is refilled cold")
  func pool() {
    var fleet = Fleet(ready: 1, boot: 12, poolSize: 3, warmBoot: 2)
    fleet.scale(to: 6, at: 0, boot: 12)
    #expect(fleet.pending.map(\.ready) == [2, 12] && fleet.pending.map(\.count) == [3, 2])
    #expect(fleet.pool.ready == 0 && fleet.pool.size == 3)
    fleet.advance(to: 2)
    #expect(fleet.ready == 4)
    fleet.advance(to: 12)
    #expect(fleet.ready == 6 && fleet.pool.ready == 3)
  }

  @Test("without a boot time replicas serve at once")
  func immediate() {
    var fleet = Fleet(ready: 1, boot: 0, poolSize: 0, warmBoot: 0)
    fleet.scale(to: 4, at: 3, boot: 0)
    #expect(fleet.ready == 4 && fleet.pendingCount == 0)
  }

  @Test("counts never go wrong under random orders", arguments: 0..<20)
  func conservation(seed: Int) {
    var random = SplitMix64(seed: UInt64(seed))
    var fleet = Fleet(ready: 5, boot: 12, poolSize: 4, warmBoot: 3)
    for step in 0..<400 {
      fleet.advance(to: step)
      if step % 3 == 0 {
        let target = Int(random.next() % 20)
        fleet.scale(to: target, at: step, boot: 12)
        #expect(fleet.provisioned == target, "seed \(seed), step \(step)")
      }
      #expect(fleet.pending.reduce(0) { $0 + $1.count } == fleet.pendingCount, "seed \(seed)")
      #expect(fleet.pending.map(\.ready) == fleet.pending.map(\.ready).sorted(), "seed \(seed)")
      #expect(fleet.pool.size == 4, "seed \(seed)")
      #expect(fleet.ready >= 0, "seed \(seed)")
    }
  }
}
