import Domain
import GRDB
import Synchronization
import Testing

@testable import Storage

@Suite("Retention and import")
struct RetentionTests {
  private let day: Int64 = 86_400

  private func tiers(_ store: Store) async throws -> [String: Int] {
    try await store.read { db in
      try Row.fetchAll(
        db, sql: "SELECT tier, sum(points) FROM chunks_plain GROUP BY tier"
      ).reduce(into: [:]) { $0[$1[0]] = $1[1] }
    }
  }

  @Test("Samples move through 1, 5 and 15 minutes; means, maxima and gaps stay")
  func ladder() async throws {
    let store = try Store.inMemory()
    let web = try service("web")
    // 100 days, a sample every five minutes of 300 s… and the last three days every 15 s.
    var samples: [Sample] = []
    for index in 0..<(97 * 288) where index % 7 != 3 {
      samples.append(try sample("web", Int64(index) * 300, Double(index % 40)))
    }
    for index in 0..<(3 * 5760) {
      samples.append(try sample("web", 97 * day + Int64(index) * 15, Double(index % 8)))
    }
    let now = monday + .seconds(100 * day)
    for start in stride(from: 0, to: samples.count, by: 2000) {
      _ = try await store.append(Array(samples[start..<min(start + 2000, samples.count)]), now: now)
    }
    func read(_ statistic: SampleStatistic) async throws -> TimeSeries {
      try await store.series(
        of: web, metric: .rate, from: monday, to: now, step: .seconds(900), statistic: statistic)
    }
    let before = try await read(.mean)
    let peaksBefore = try await read(.maximum)
    let gone = try await store.retain(RetentionPolicy(), now: now)
    #expect(gone > 0)
    let after = try await read(.mean)
    let peaksAfter = try await read(.maximum)
    for index in 0..<before.count {
      #expect(
        after[index].map { ValueColumn.isSame($0, before[index] ?? -1) } ?? (before[index] == nil))
      #expect(peaksAfter[index] == peaksBefore[index])
    }
    let counts = try await tiers(store)
    // Two to three days raw, the day before in minutes, five-minute samples as they are until they
    // are 70 to 85 days old.
    #expect((2 * 5760...3 * 5760 + 288).contains(counts["raw"] ?? 0), "\(counts)")
    #expect((counts["15m"] ?? 0) >= 15 * 96, "\(counts)")
    #expect(try await store.retain(RetentionPolicy(), now: now) == 0)
    // A sample of a condensed time is taken and changes nothing.
    let late = Sample(service: web, metric: .rate, time: monday + .seconds(7), value: 99)
    #expect(try await store.append([late], now: now) == [nil])
    try await store.retain(RetentionPolicy(), now: now)
    #expect(try await read(.maximum)[0] == peaksBefore[0])
  }

  @Test("F-39: whoever reads while retention moves chunks sees the same means throughout")
  func readingMeanwhile() async throws {
    let directory = try TemporaryDirectory()
    let store = try Store.open(directory.store)
    let names = ["api", "shop", "web"]
    let end = monday + .seconds(3 * day)
    for name in names {
      for start in stride(from: Int64(0), to: 3 * day, by: Int(day / 4)) {
        _ = try await store.append(
          try stride(from: start, to: start + day / 4, by: 15).map {
            try sample(name, $0, Double($0 / 15 % 97))
          }, now: end)
      }
    }
    func read(_ name: String) async throws -> [Double] {
      try await store.series(
        of: try service(name), metric: .rate, from: monday, to: end, step: .seconds(3600)
      ).values
    }
    try await store.sealAll()
    var before: [String: [Double]] = [:]
    for name in names { before[name] = try await read(name) }
    var policy = RetentionPolicy()
    policy.raw = .seconds(3600)
    let kept = policy
    let isDone = Mutex(false)
    let retention = Task {
      defer { isDone.withLock { $0 = true } }
      return try await store.retain(kept, now: end)
    }
    var reads = 0
    repeat {
      for name in names {
        let now = try await read(name)
        let isSame = zip(now, before[name] ?? []).allSatisfy { ValueColumn.isSame($0, $1) }
        #expect(isSame && now.count == 72, "\(name), read \(reads)")
        reads += 1
      }
    } while !isDone.withLock { $0 }
    #expect(try await retention.value > 0)
    #expect(reads >= 3)
  }

  @Test("Everything goes 400 days after the newest sample, in whole chunks")
  func drop() async throws {
    let store = try Store.inMemory()
    let web = try service("web")
    let start = monday
    _ = try await store.append([try sample("web", 0, 1), try sample("web", 15, 1)], now: start)
    let newest = start + .seconds(420 * day)
    _ = try await store.append(
      [Sample(service: web, metric: .rate, time: newest, value: 2)], now: newest)
    try await store.retain(RetentionPolicy(), now: newest)
    let old = try await store.series(
      of: web, metric: .rate, from: start, to: start + .seconds(60), step: .seconds(15))
    #expect(old.knownCount == 0)
    #expect(store.newest(of: web, metric: .rate)?.value == 2)
    #expect(try await tiers(store) == ["raw": 1])
  }

  @Test("Retention counts from the newest sample, not from now: an imported trace of 1998 stays")
  func importStays() async throws {
    let directory = try TemporaryDirectory()
    let store = try Store.open(directory.store)
    let web = try service("web")
    let start = try #require(Timestamp(rfc3339: "1998-05-01T00:00:00Z"))
    let trace = TimeSeries(
      start: start, step: .seconds(60),
      values: (0..<50 * 1440).map { (index: Int) -> Double in
        index % 500 == 7 ? .nan : Double(index % 700) / 60
      })
    let first = try await store.importSeries(trace, service: web, metric: .rate)
    #expect(first == ImportResult(added: 50 * 1440 - 144, known: 0, conflicts: 0))
    let again = try await store.importSeries(trace, service: web, metric: .rate)
    #expect(again == ImportResult(added: 0, known: 50 * 1440 - 144, conflicts: 0))
    try await store.retain(RetentionPolicy(), now: monday)
    try await store.close()
    let reopened = try Store.open(directory.store)
    let back = try await reopened.series(
      of: web, metric: .rate, from: start, to: trace.end, step: .seconds(60))
    #expect(back.count == trace.count)
    for index in 0..<trace.count {
      #expect(
        trace[index].map { ValueColumn.isSame($0, back[index] ?? -1) } ?? (back[index] == nil))
    }
    #expect(reopened.newest(of: web, metric: .rate)?.time == trace.time(at: trace.count - 1))
    #expect(reopened.seriesInfo(of: web).first?.resolution == .seconds(60))
  }

  @Test("An import that was cut short goes on where it was; other values are counted, not taken")
  func resume() async throws {
    let store = try Store.inMemory()
    let web = try service("web")
    let values = (0..<3000).map { Double($0) }
    let half = TimeSeries(start: monday, step: .seconds(60), values: Array(values[..<1700]))
    let whole = TimeSeries(start: monday, step: .seconds(60), values: values)
    _ = try await store.importSeries(half, service: web, metric: .rate)
    #expect(
      try await store.importSeries(whole, service: web, metric: .rate)
        == ImportResult(added: 1300, known: 1700, conflicts: 0))
    let other = TimeSeries(start: monday, step: .seconds(60), values: [0, 9, 2])
    #expect(
      try await store.importSeries(other, service: web, metric: .rate)
        == ImportResult(added: 0, known: 2, conflicts: 1))
    let back = try await store.series(
      of: web, metric: .rate, from: monday, to: whole.end, step: .seconds(60))
    #expect(back.values == values)
  }

  @Test("A fine import is condensed to one minute, and kept there")
  func fineImport() async throws {
    let store = try Store.inMemory()
    let web = try service("web")
    let days = 60
    let values: [Double] = (0..<days * 4320).map { Double($0 % 6) }
    let fine = TimeSeries(
      start: monday, step: .seconds(20), values: values)
    _ = try await store.importSeries(fine, service: web, metric: .rate)
    try await store.retain(RetentionPolicy(), now: fine.end)
    let back = try await store.series(
      of: web, metric: .rate, from: monday, to: fine.end, step: .seconds(60))
    let wanted: [Double] = (0..<days * 1440).map { Double($0 % 2 * 3 + 1) }
    #expect(back.values == wanted)
    // The newest sample is 20 s before the end of a day, so two whole days reach into a third.
    let counts = try await tiers(store)
    #expect(counts["1m"] == (days - 3) * 1440)
    #expect(counts["raw"] == 3 * 4320)
  }

  @Test("Live samples over an import: the finer ones count where they are")
  func overImport() async throws {
    let store = try Store.inMemory()
    let web = try service("web")
    let hours = TimeSeries(start: monday, step: .seconds(3600), values: [10, 20])
    _ = try await store.importSeries(hours, service: web, metric: .rate)
    let live = try (0..<60).map { try sample("web", 3600 + Int64($0) * 30, 50) }
    #expect(
      try await store.append(live, now: monday + .seconds(day)).dropFirst().allSatisfy { $0 == nil }
    )
    let back = try await store.series(
      of: web, metric: .rate, from: monday, to: hours.end, step: .seconds(900))
    // The first live sample is the instant of an imported one: the imported value stays.
    #expect(back.values[..<4] == [10, 10, 10, 10])
    #expect(back.values[5...] == [50, 20, 20])
  }

  @Test(
    "What cannot be imported is refused whole",
    arguments: [-1.0, .infinity, 1e300])
  func badImport(value: Double) async throws {
    let store = try Store.inMemory()
    let series = TimeSeries(start: monday, step: .seconds(60), values: [1, value])
    await #expect(throws: StoreError.self) {
      try await store.importSeries(series, service: service("web"), metric: .rate)
    }
    #expect(store.services().isEmpty)
  }

  @Test("F-39: a large journal goes in small transactions, and what is young is not looked at")
  func smallBatches() async throws {
    let store = try Store.inMemory()
    let (web, now) = (try service("web"), monday + .seconds(30 * day))
    let old = (0..<3000).map { index in
      JournalEntry(
        service: web, time: monday + .seconds(index), kind: "tick", version: 1, bytes: [1])
    }
    let young = (0..<500).map { index in
      JournalEntry(
        service: web, time: now - .seconds(index), kind: "tick", version: 1, bytes: [1])
    }
    try await store.appendEvents(Array(young[..<250]) + old + Array(young[250...]))
    try await store.saveSnapshots([
      Snapshot(service: web, sequence: 3500, version: 1, bytes: [])
    ])
    for index in 0..<1000 as Range<Int64> {
      try await store.saveModel(
        StoredModel(
          service: web, hash: "\(index)", kind: "k", version: 1, bytes: [1],
          fittedAt: monday + .seconds(index)))
    }
    let decisions = (1...1000).map { number in
      Decision(
        id: DecisionID(Int64(number)), service: web, time: monday + .seconds(number), current: 1,
        target: 1, trail: [])
    }
    try await store.recordDecisions(decisions, commands: [])
    let changes = Changes()
    try await store.database.write { db in
      db.add(transactionObserver: changes, extent: .databaseLifetime)
    }
    var policy = RetentionPolicy()
    policy.decisions = .seconds(29 * day)
    #expect(try await store.retain(policy, now: now) == 3000 + 999 + 1000)
    #expect(changes.most <= Store.rowsPerCommit, "\(changes.most) in one transaction")
    #expect(try await store.events(after: 0, limit: 10_000).count == 500)
    let plans = try await store.database.read { db in
      try [Store.oldEntries, Store.oldDecisions].map { query in
        try Row.fetchAll(db, sql: "EXPLAIN QUERY PLAN " + query, arguments: [0, 0, 0, 1])
          .map { $0["detail"] as String }.joined()
      }
    }
    for plan in plans {
      #expect(plan.hasPrefix("SEARCH") && !plan.contains("TEMP B-TREE"), "\(plan)")
    }
  }
}

/// The most rows that one transaction changed.
private final class Changes: TransactionObserver, Sendable {
  private let rows = Mutex((now: 0, most: 0))

  var most: Int { rows.withLock { $0.most } }

  func observes(eventsOfKind eventKind: DatabaseEventKind) -> Bool { true }
  func databaseDidChange(with event: DatabaseEvent) { rows.withLock { $0.now += 1 } }

  func databaseDidCommit(_ db: Database) {
    rows.withLock { $0 = (0, max($0.most, $0.now)) }
  }

  func databaseDidRollback(_ db: Database) { rows.withLock { $0.now = 0 } }
}
