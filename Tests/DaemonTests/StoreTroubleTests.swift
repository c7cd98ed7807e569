import Control
import Domain
import Foundation
import GRDB
import Synchronization
import TestSupport
import Testing

@testable import Daemon
@testable import Storage

/// A demand by the clock, and something that happens at a tick.
private struct EventfulSource: MetricSource {
  let rate: @Sendable (Timestamp) -> Double
  var atTick: @Sendable (Timestamp) async -> Void = { _ in }

  func observe(
    _ services: [ServiceID], at time: Timestamp, deadline: Duration
  ) async -> [MetricReading] {
    await atTick(time)
    return services.map { _ in MetricReading(rate: rate(time)) }
  }

  func history(of service: ServiceID, from: Timestamp, to: Timestamp) async throws(SourceError)
    -> TimeSeries?
  { nil }
}

/// What keeps a store from being written.
enum StoreTrouble: String, CaseIterable, CustomTestStringConvertible {
  case lock = "F-36 another process holds the write lock"
  case full = "F-31 the disk is full"

  var testDescription: String { rawValue }
}

@Suite("A store in trouble", .serialized)
struct StoreTroubleTests {
  private let start = ScriptedDaemon.start
  private let folder: TemporaryFolder
  private var path: String { folder.url("scaler.sqlite").path }

  init() throws { folder = try TemporaryFolder() }

  /// Makes the store take nothing, or again everything.
  private final class Hand: Sendable {
    let trouble: StoreTrouble
    let store: Store
    private let other: DatabaseQueue

    init(_ trouble: StoreTrouble, _ store: Store) throws {
      self.trouble = trouble
      self.store = store
      var configuration = Configuration()
      configuration.allowsUnsafeTransactions = true
      other = try DatabaseQueue(path: store.file, configuration: configuration)
    }

    func interfere(_ begins: Bool) throws {
      switch trouble {
      case .lock:
        try other.writeWithoutTransaction { db in
          try db.execute(sql: begins ? "BEGIN IMMEDIATE" : "ROLLBACK")
        }
      case .full:
        try store.database.writeWithoutTransaction { db in
          let pages = try Int.fetchOne(db, sql: "PRAGMA page_count") ?? 0
          try db.execute(sql: "PRAGMA max_page_count = \(begins ? pages : 1 << 30)")
        }
      }
    }
  }

  @Test(
    "decisions go on, growth is sent, nothing shrinks, and every command was on the disk before",
    arguments: StoreTrouble.allCases)
  func decidesFromMemory(trouble: StoreTrouble) async throws {
    let store = try Store.open(path, patience: .milliseconds(20), reserving: true)
    let hand = try Hand(trouble, store)
    let (begins, rises, falls, ends) = (
      start + .seconds(60), start + .seconds(1200), start + .seconds(1500), start + .seconds(2700)
    )
    let clock = SteppingClock(from: start, to: start + .seconds(3900))
    let cloud = ScriptedCloud(clock: clock)
    let source = EventfulSource { time in
      // Never the same twice, as of something that lives.
      let wave = Double((time.seconds &* 2_654_435_761) % 97) / 97
      return (time >= rises && time < falls ? 900 : 300) + 6 * wave
    } atTick: { time in
      if time == begins { #expect(throws: Never.self) { try hand.interfere(true) } }
      if time == ends { #expect(throws: Never.self) { try hand.interfere(false) } }
    }
    let fleet = try FleetOfServices(
      ["web"], sources: ["s": source], clouds: ["c": cloud], store: store, clock: clock
    ) { _, service in
      service.cloud = "c"
      service.policy.mode = .desired
      service.policy.hasFleetSignal = true
    }
    try await fleet.loop.runToTheEnd()
    let web = fleet.services[0]
    let decisions = try await store.decisions(of: web, limit: 10_000)
    let during = decisions.filter { $0.decision.time > begins && $0.decision.time < ends }
    #expect(during.count > 2, "\(during.count) decisions")
    let sent = cloud.state.withLock { $0.applied }
    #expect(sent.contains { $0.replicas > 15 }, "the demand was met")
    let shrunk = decisions.filter { $0.decision.target < $0.decision.current ?? 0 }
    #expect(shrunk.allSatisfy { $0.decision.time > ends }, "\(shrunk.map(\.decision.time))")
    #expect(shrunk.contains { $0.command != nil }, "afterwards it shrinks")
    for command in sent {
      #expect(decisions.contains { $0.command == command && $0.outcome != nil }, "\(command)")
    }
    #expect(!store.isOnReserve)
    #expect(fleet.board.status.storeProblem == nil)
    // The journal lacks nothing: what was decided follows from it.
    let replayed = try Recovery.replay(store, ignoringSnapshots: true)[web]
    #expect(replayed?.decisions == decisions.map(\.decision).reversed())
    // The samples of the last quarter of an hour were kept in memory.
    let known = try await store.series(
      of: web, metric: .rate, from: ends - .seconds(600), to: ends, step: .seconds(60)
    ).knownCount
    #expect(known == 10)
  }

  @Test("F-31 once the reserve is full as well nothing is sent")
  func reserveFull() async throws {
    let store = try Store.open(path, patience: .milliseconds(20), reserving: true)
    let hand = try Hand(.lock, store)
    let clock = SteppingClock(from: start, to: start + .seconds(3600))
    let cloud = ScriptedCloud(clock: clock)
    let (begins, web) = (start + .seconds(600), try #require(ServiceID("web")))
    let source = EventfulSource { time in
      time > begins ? 900 : 300
    } atTick: { time in
      guard time == begins else { return }
      #expect(throws: Never.self) { try hand.interfere(true) }
      for size in [200_000, 20_000, 2000, 200, 0] {
        let entry = JournalEntry(
          service: web, time: time, kind: "filler", version: 1,
          bytes: Array(repeating: 7, count: size))
        await #expect(throws: StoreError.full(file: store.file + ".reserve")) {
          while true { _ = try await store.reserveEvents([entry]) }
        }
      }
    }
    let fleet = try FleetOfServices(
      ["web"], sources: ["s": source], clouds: ["c": cloud], store: store, clock: clock
    ) { _, service in
      service.cloud = "c"
      service.policy.mode = .desired
      service.policy.hasFleetSignal = true
      // So patient that filling the reserve does not make the source a silent one.
      service.policy.timing.interval = .seconds(600)
    }
    try await fleet.loop.runToTheEnd()
    #expect(fleet.status(of: web)?.observation?.rate == 900)
    #expect(fleet.board.status.storeFailures > 2)
    let sent = cloud.state.withLock { $0.applied }
    #expect(sent.allSatisfy { $0.replicas < 15 }, "\(sent)")
    try hand.interfere(false)
  }

  @Test("F-32 after an error that leaves the file in doubt the process ends, and says why")
  func endsAfterDoubt() async throws {
    let store = try Store.open(path)
    let clock = SteppingClock(from: start, to: start + .seconds(600))
    let fails = start + .seconds(300)
    let error = StoreError.failed(file: path, detail: "disk I/O error")
    let source = EventfulSource { _ in
      300
    } atTick: { time in
      if time == fails { store.samples.distrust(error) }
    }
    let fleet = try FleetOfServices(["web"], sources: ["s": source], store: store, clock: clock)
    await #expect(throws: error) { try await fleet.loop.run() }
    #expect(clock.now == fails + .seconds(15), "nothing is seen or decided after it")
    #expect(fleet.status(of: fleet.services[0])?.ticks == 20)
  }

  @Test("F-33 I-15 damage that only recovery meets is put aside by the next start, which holds")
  func damagedJournal() async throws {
    let store = try Store.open(path)
    let evening = start + .seconds(5 * 3600)
    let first = try ScriptedDaemon(store: store, from: start, to: start + .seconds(600))
    try await first.run()
    let filler = JournalEntry(
      service: first.service, time: start, kind: "filler", version: 1,
      bytes: Array(repeating: 7, count: 3000))
    for _ in 0..<20 {
      _ = try await store.appendEvents(Array(repeating: filler, count: 100))
    }
    let root = try await store.database.read { db in
      try Int.fetchOne(db, sql: "SELECT rootpage FROM sqlite_master WHERE name = 'journal'")
    }
    try await store.close()
    let page = try #require(root)
    let file = try FileHandle(forUpdating: URL(fileURLWithPath: path))
    try file.seek(toOffset: UInt64(4096 * (page - 1)))
    try file.write(contentsOf: Data(repeating: 0xA5, count: 4096))
    try file.close()

    // Too large to be checked whole.
    let damaged = try Store.open(path, quarantining: evening)
    #expect(damaged.quarantine == nil)
    let second = try ScriptedDaemon(
      store: damaged, from: evening, to: evening + .seconds(600), cloud: first.cloud)
    do {
      try await second.run()
      Issue.record("a journal that cannot be read was recovered")
    } catch let error as StoreError {
      guard case .damaged = error else {
        Issue.record("\(error)")
        return
      }
    }
    try await damaged.close()
    let fresh = try Store.open(path, quarantining: evening)
    let aside = try #require(fresh.quarantine)
    #expect(FileManager.default.fileExists(atPath: aside.file))
    let size = second.cloud.state.withLock { $0.ready }
    let third = try ScriptedDaemon(
      store: fresh, from: evening, to: evening + .seconds(3600), cloud: second.cloud)
    try await third.run()
    let decisions = try await fresh.decisions(of: third.service, limit: 10_000).map(\.decision)
    let early = decisions.filter { $0.time.since(evening) < .seconds(60) }
    #expect(!early.isEmpty)
    #expect(early.allSatisfy { $0.target >= size }, "\(early.map(\.target)) from \(size)")
    #expect(decisions.contains { $0.target < size }, "later it shrinks")
    // It is put aside once.
    try await fresh.close()
    #expect(try Store.open(path, quarantining: evening).quarantine == nil)
  }
}
