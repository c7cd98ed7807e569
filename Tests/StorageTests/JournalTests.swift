import Domain
import GRDB
import Testing

@testable import Storage

@Suite("Journal, snapshots, models, facts")
struct JournalTests {
  private func entry(_ name: String, _ second: Int64, model: String? = nil) throws -> JournalEntry {
    JournalEntry(
      service: try service(name), time: monday + .seconds(second), kind: "observed", version: 1,
      bytes: [1, 2, UInt8(second % 256)], model: model)
  }

  @Test("Events come back in order, in pages, with their bytes")
  func events() async throws {
    let store = try Store.inMemory()
    #expect(try store.lastSequence() == 0)
    let first = try await store.appendEvents(try (0..<5).map { try entry("web", $0) })
    #expect(first == 1)
    let second = try await store.appendEvents(try (5..<8).map { try entry("api", $0) })
    #expect(second == 6)
    #expect(try await store.appendEvents([]) == 9)
    var events: [JournalEvent] = []
    while true {
      let page = try await store.events(after: events.last?.sequence ?? 0, limit: 3)
      events += page
      if page.count < 3 { break }
    }
    #expect(events.map(\.sequence) == Array(1...8))
    #expect(
      events.map(\.entry) == (try (0..<5).map { try entry("web", $0) })
        + (try (5..<8).map { try entry("api", $0) }))
    #expect(try store.lastSequence() == 8)
  }

  @Test("F-34 I-16: sequence numbers are never used twice, not even after everything was dropped")
  func sequencesGoOn() async throws {
    let directory = try TemporaryDirectory()
    let store = try Store.open(directory.store)
    try await store.appendEvents([try entry("web", 0), try entry("web", 1)])
    try await store.saveSnapshots([
      Snapshot(service: try service("web"), sequence: 2, version: 1, bytes: [9])
    ])
    try await store.retain(RetentionPolicy(), now: monday + .seconds(30 * 86_400))
    #expect(try await store.events(after: 0, limit: 10).isEmpty)
    try await store.close()
    let again = try Store.open(directory.store)
    #expect(try again.lastSequence() == 2)
    #expect(try await again.appendEvents([try entry("web", 2)]) == 3)
  }

  @Test("The newest snapshot of each service is found; an older one stays behind it")
  func snapshots() async throws {
    let store = try Store.inMemory()
    let web = try service("web")
    let api = try service("api")
    for sequence in Int64(1)...4 {
      try await store.saveSnapshots([
        Snapshot(service: web, sequence: sequence * 10, version: 2, bytes: [UInt8(sequence)]),
        Snapshot(service: api, sequence: sequence, version: 2, bytes: [], model: "m"),
      ])
    }
    #expect(
      try store.newestSnapshots() == [
        Snapshot(service: api, sequence: 4, version: 2, bytes: [], model: "m"),
        Snapshot(service: web, sequence: 40, version: 2, bytes: [4]),
      ])
    let count = try await store.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM snapshots") }
    #expect(count == 4)
  }

  @Test("Retention keeps entries that no snapshot covers, and young ones")
  func trimming() async throws {
    let store = try Store.inMemory()
    let day: Int64 = 86_400
    try await store.appendEvents([
      try entry("web", 0), try entry("api", 0), try entry("web", day), try entry("web", 9 * day),
    ])
    try await store.saveSnapshots([
      Snapshot(service: try service("web"), sequence: 1, version: 1, bytes: [])
    ])
    try await store.retain(RetentionPolicy(), now: monday + .seconds(10 * day))
    // 1 is old and covered; 2 has no snapshot, 3 is after its snapshot, 4 is young.
    #expect(try await store.events(after: 0, limit: 10).map(\.sequence) == [2, 3, 4])
  }

  @Test("A model stays while it is its service's newest or somebody refers to it")
  func models() async throws {
    let store = try Store.inMemory()
    let web = try service("web")
    func model(_ hash: String, _ second: Int64) -> StoredModel {
      StoredModel(
        service: web, hash: hash, kind: "holt-winters", version: 3, bytes: [7],
        fittedAt: monday + .seconds(second))
    }
    for (index, hash) in ["journalled", "in-snapshot", "forgotten", "newest"].enumerated() {
      try await store.saveModel(model(hash, Int64(index)))
      try await store.saveModel(model(hash, Int64(index)))
    }
    #expect(try await store.newestModel(of: web) == model("newest", 3))
    #expect(try await store.newestModel(of: service("api")) == nil)
    try await store.appendEvents([try entry("web", 0, model: "journalled")])
    try await store.saveSnapshots([
      Snapshot(service: web, sequence: 1, version: 1, bytes: [], model: "in-snapshot")
    ])
    try await store.retain(RetentionPolicy(), now: monday)
    #expect(try store.model("journalled") == model("journalled", 0))
    #expect(try store.model("in-snapshot") == model("in-snapshot", 1))
    #expect(try store.model("forgotten") == nil)
    #expect(try store.model("newest") == model("newest", 3))
  }

  @Test("Facts are set, changed and removed")
  func meta() async throws {
    let directory = try TemporaryDirectory()
    let store = try Store.open(directory.store)
    #expect(try store.meta("clock") == nil)
    try await store.setMeta("clock", to: "1")
    try await store.setMeta("clock", to: "2")
    try await store.close()
    let again = try Store.open(directory.store)
    #expect(try again.meta("clock") == "2")
    try await again.setMeta("clock", to: nil)
    #expect(try again.meta("clock") == nil)
  }
}
