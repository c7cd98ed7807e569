import Domain
import Foundation
import Testing

@testable import Storage

@Suite("The reserve")
struct ReserveTests {
  private func event(_ number: Int) throws -> JournalEntry {
    JournalEntry(
      service: try service("web"), time: monday + .seconds(number), kind: "tick", version: 1,
      bytes: Array("\(number)".utf8), model: number == 2 ? "m" : nil)
  }

  private func decision(_ number: Int64) throws -> Decision {
    Decision(
      id: DecisionID(number), service: try service("web"), time: monday, current: 3, target: 5,
      trail: [])
  }

  private func command(_ number: Int64) throws -> ScaleCommand {
    ScaleCommand(
      try decision(number), kind: .desired, replicas: 5, fencingToken: 1,
      validUntil: monday + .seconds(30))
  }

  /// Three events, a decision with its command, and the outcome, behind two events in the table.
  private func fill(_ store: Store) async throws {
    #expect(try await store.appendEvents([event(0), event(1)]) == 1)
    #expect(try await store.reserveEvents([event(2), event(3)]) == 3)
    try await store.reserveDecisions([decision(1)], commands: [command(1)])
    #expect(try await store.reserveEvents([event(4)]) == 5)
    try await store.reserveOutcome(
      of: DecisionID(1), service: service("web"), .accepted(replicas: 5), at: monday)
    #expect(store.isOnReserve)
  }

  private func check(_ store: Store) async throws {
    #expect(!store.isOnReserve)
    let events = try await store.events(after: 0, limit: 100)
    #expect(events.map(\.sequence) == [1, 2, 3, 4, 5])
    #expect(events.map(\.entry) == (try (0..<5).map(event)))
    let recorded = try await store.decisions(of: service("web"), limit: 10)
    #expect(recorded.map(\.decision) == [try decision(1)])
    #expect(recorded.map(\.command) == [try command(1)])
    #expect(recorded.map(\.outcome) == [.accepted(replicas: 5)])
    #expect(try await store.appendEvents([event(5)]) == 6)
  }

  @Test("F-31 I-09 what it took is in the tables afterwards, with the numbers it gave")
  func restored() async throws {
    let directory = try TemporaryDirectory()
    let store = try Store.open(directory.store, reserving: true)
    try await fill(store)
    try await store.restoreReserve()
    try await check(store)
    #expect(try await store.reserveEvents([event(6)]) == 7)
  }

  @Test("F-34 what a process that died left in it is in the tables after the start, once")
  func restoredAtStart() async throws {
    let directory = try TemporaryDirectory()
    let store = try Store.open(directory.store, reserving: true)
    try await fill(store)
    let left = try Data(contentsOf: URL(fileURLWithPath: directory.store + Reserve.suffix))
    try directory.copyForCrash()
    try left.write(to: URL(fileURLWithPath: directory.store + Reserve.suffix))
    var next: Store? = try Store.open(directory.store, reserving: true)
    next = nil
    _ = next
    // As if it had died before it forgot what it had moved.
    try left.write(to: URL(fileURLWithPath: directory.store + Reserve.suffix))
    // Whoever opens it.
    try await check(try Store.open(directory.store))
  }

  @Test("F-35 a record that was cut short was never said yes to; those before it are there")
  func torn() async throws {
    let directory = try TemporaryDirectory()
    let store = try Store.open(directory.store, reserving: true)
    try await fill(store)
    let whole = try Data(contentsOf: URL(fileURLWithPath: directory.store + Reserve.suffix))
    let end = try #require(whole.lastIndex { $0 != 0 })
    try directory.copyForCrash()
    for cut in stride(from: 1, to: 40, by: 6) {
      var left = whole
      for index in (end - cut)...end { left[index] = 0 }
      try left.write(to: URL(fileURLWithPath: directory.store + Reserve.suffix))
      let reserve = try #require(Reserve(store: directory.store, creating: false))
      #expect(reserve.waiting().records.count == 3, "cut by \(cut)")
    }
  }

  @Test("what is full says so and keeps what it has")
  func full() async throws {
    let directory = try TemporaryDirectory()
    let store = try Store.open(directory.store, reserving: true)
    var large = try event(0)
    large.bytes = Array(repeating: 7, count: 500_000)
    var taken = 0
    await #expect(throws: StoreError.full(file: directory.store + Reserve.suffix)) {
      while true {
        _ = try await store.reserveEvents([large])
        taken += 1
      }
    }
    #expect(taken > 3)
    try await store.restoreReserve()
    #expect(try await store.events(after: 0, limit: 100).count == taken)
  }
}
