import Control
import Domain
import Storage
import Testing

@testable import Daemon

@Suite("A past that another version wrote", .serialized)
struct UpgradeTests {
  let start = ScriptedDaemon.start
  let web: ServiceID

  init() throws { web = try #require(ServiceID("web")) }

  @Test(
    "what cannot be read is left aside: the service starts anew and its decisions go on counting",
    arguments: [true, false])
  func startsAnew(isSnapshot: Bool) async throws {
    let store = try Store.inMemory()
    let hour = Duration.seconds(3600)
    let first = try ScriptedDaemon(store: store, from: start, to: start + hour)
    try await first.run()
    await first.loop.stop()
    if isSnapshot {
      let newest = try #require(try store.newestSnapshots().first)
      try await store.saveSnapshots([
        Snapshot(service: web, sequence: newest.sequence + 1, version: 9, bytes: [0x41, 200])
      ])
    } else {
      _ = try await store.appendEvents([
        JournalEntry(
          service: web, time: start + hour, kind: "observed", version: 99, bytes: [1, 2, 3])
      ])
    }
    #expect(throws: (any Error).self) { try Recovery.replay(store) }

    let before = try await store.decisions(of: web, limit: 10_000)
    var cloud = first.cloud
    for part in 1...2 {
      let from = start + hour * part
      let next = try ScriptedDaemon(store: store, from: from, to: from + hour, cloud: cloud)
      try await next.run()
      cloud = next.cloud
    }
    let after = try await store.decisions(of: web, limit: 10_000)
    #expect(after.count > before.count + 5)
    let numbers = after.map(\.decision.id.number)
    #expect(Set(numbers).count == numbers.count)
    #expect(after.map(\.decision.time) == after.map(\.decision.time).sorted(by: >))
    #expect(numbers == numbers.sorted(by: >))
  }
}
