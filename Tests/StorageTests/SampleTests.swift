import Domain
import Foundation
import GRDB
import Synchronization
import Testing

@testable import Storage

@Suite("Samples")
struct SampleTests {
  private let later = monday + .seconds(30 * 86_400)

  @Test("What was taken is read back as means per step, with gaps unknown")
  func means() async throws {
    let store = try Store.inMemory()
    let web = try service("web")
    // 15 s apart; 00:01 holds two samples, 00:02 one, 00:03 none.
    let values: [(Int64, Double)] = [
      (0, 1), (15, 2), (30, 3), (45, 6), (60, 10), (75, 20), (120, 7), (240, 4), (255, 4),
      (270, 4), (285, 4),
    ]
    let verdicts = try await store.append(
      try values.map { try sample("web", $0.0, $0.1) }, now: later)
    #expect(verdicts.allSatisfy { $0 == nil })
    for sealed in [false, true] {
      if sealed { try await store.sealAll() }
      let series = try await store.series(
        of: web, metric: .rate, from: monday, to: monday + .seconds(300), step: .seconds(60))
      #expect(series.start == monday)
      #expect((0..<5).map { series[$0] } == [3, 15, nil, nil, 4], "sealed: \(sealed)")
      let peaks = try await store.series(
        of: web, metric: .rate, from: monday, to: monday + .seconds(300), step: .seconds(60),
        statistic: .maximum)
      #expect((0..<5).map { peaks[$0] } == [6, 20, nil, nil, 4], "sealed: \(sealed)")
    }
  }

  @Test("A coarse sample read at a finer step fills what it covers")
  func finerStep() async throws {
    let store = try Store.inMemory()
    let web = try service("web")
    let hourly = TimeSeries(start: monday, step: .seconds(3600), values: [10, .nan, 30])
    let result = try await store.importSeries(hourly, service: web, metric: .rate)
    #expect(result == ImportResult(added: 2, known: 0, conflicts: 0))
    let series = try await store.series(
      of: web, metric: .rate, from: monday, to: hourly.end, step: .seconds(900))
    let wanted: [Double?] = [10, 10, 10, 10, nil, nil, nil, nil, 30, 30, 30, 30]
    #expect((0..<12).map { series[$0] } == wanted)
    #expect(store.seriesInfo().first?.resolution == .seconds(3600))
  }

  @Test("Interpolated, coarse samples are lines between their middles, level at gaps and ends")
  func interpolated() async throws {
    let store = try Store.inMemory()
    let web = try service("web")
    let hourly = TimeSeries(
      start: monday, step: .seconds(3600), values: [10, 30, .nan, 50, 40, 60])
    _ = try await store.importSeries(hourly, service: web, metric: .rate)
    let wanted: [Double?] = [
      10, 10, 12.5, 17.5, 22.5, 27.5, 30, 30, nil, nil, nil, nil,
      50, 50, 48.75, 46.25, 43.75, 41.25, 42.5, 47.5, 52.5, 57.5, 60, 60,
    ]
    for sealed in [false, true] {
      if sealed { try await store.sealAll() }
      let series = try await store.series(
        of: web, metric: .rate, from: monday, to: hourly.end, step: .seconds(900),
        statistic: .interpolatedMean)
      #expect((0..<24).map { series[$0] } == wanted, "sealed: \(sealed)")
      // From a later start the neighbour before it still counts.
      let part = try await store.series(
        of: web, metric: .rate, from: monday + .seconds(3600), to: hourly.end, step: .seconds(900),
        statistic: .interpolatedMean)
      #expect(part[0] == 22.5, "sealed: \(sealed)")
    }
  }

  @Test("Interpolated, samples little coarser than the step are plateaus still")
  func interpolatedFine() async throws {
    let store = try Store.inMemory()
    let web = try service("web")
    let fine = TimeSeries(
      start: monday, step: .seconds(60), values: (0..<180).map { Double($0 * $0 % 97) })
    _ = try await store.importSeries(fine, service: web, metric: .rate)
    func read(_ step: Int64, _ statistic: SampleStatistic) async throws -> [Double] {
      try await store.series(
        of: web, metric: .rate, from: monday, to: fine.end, step: .seconds(step),
        statistic: statistic
      ).values
    }
    for step in [20, 60, 300, 900] as [Int64] {
      #expect(try await read(step, .interpolatedMean) == read(step, .mean))
    }
    // At a step that does not divide the points each part lies on its own line.
    let odd = try await read(14, .interpolatedMean)
    #expect(odd != (try await read(14, .mean)))
    #expect(odd.dropLast().allSatisfy { (0...96).contains($0) })
  }

  @Test("F-04 I-13: the same sample again changes nothing, another value is refused and first wins")
  func duplicates() async throws {
    let store = try Store.inMemory()
    let web = try service("web")
    #expect(
      try await store.append([try sample("web", 0, 5), try sample("web", 15, 6)], now: later) == [
        nil, nil,
      ])
    for sealed in [false, true] {
      if sealed { try await store.sealAll() }
      let again = try await store.append(
        [try sample("web", 0, 5), try sample("web", 0, 7), try sample("web", 15, 6)], now: later)
      #expect(again == [nil, .conflict, nil], "sealed: \(sealed)")
    }
    let within = try await store.append(
      [try sample("api", 0, 1), try sample("api", 0, 1), try sample("api", 0, 2)], now: later)
    #expect(within == [nil, nil, .conflict])
    let series = try await store.series(
      of: web, metric: .rate, from: monday, to: monday + .seconds(30), step: .seconds(15))
    #expect(series.values == [5, 6])
  }

  @Test(
    "F-01 F-02 F-03 F-06 F-07: what cannot be stored is refused by itself, the rest is taken",
    arguments: [
      (Int64(15), Double.nan, SampleRefusal.notFinite), (15, .infinity, .notFinite),
      (15, -.infinity, .notFinite), (15, -1, .negative), (15, 1e308, .tooLarge),
      (40 * 86_400, 1, .inTheFuture), (-1_795_392_000, 1, .outOfRange),
      (-1_795_392_001, 1, .outOfRange), (251_607_408_800, 1, .outOfRange),
    ])
  func refusals(second: Int64, value: Double, reason: SampleRefusal) async throws {
    let store = try Store.inMemory()
    let web = try service("web")
    let bad = Sample(
      service: web, metric: .rate, time: Timestamp(seconds: monday.seconds + second), value: value)
    let verdicts = try await store.append(
      [try sample("web", 0, 1), bad, try sample("web", 30, 3)], now: later)
    #expect(verdicts == [nil, reason, nil])
    #expect(store.newest(of: web, metric: .rate) == (try sample("web", 30, 3)))
  }

  @Test(
    "F-03: the smallest and the largest values come back as they were", arguments: [false, true])
  func extremes(isSealed: Bool) async throws {
    let store = try Store.inMemory()
    let values = [0, -0.0, .leastNonzeroMagnitude, .leastNormalMagnitude, Sample.ceiling]
    let samples = try values.enumerated().map { try sample("web", Int64($0) * 15, $1) }
    let above = try sample("web", 75, Sample.ceiling.nextUp)
    #expect(
      try await store.append(samples + [above], now: later) == values.map { _ in nil } + [.tooLarge]
    )
    if isSealed { try await store.sealAll() }
    let series = try await store.series(
      of: try service("web"), metric: .rate, from: monday, to: monday + .seconds(75),
      step: .seconds(15))
    for (read, value) in zip(series.values, values) { #expect(abs(read - value) <= 1e-8) }
    #expect(series.values.last == Sample.ceiling)
  }

  @Test("F-06: a minute ahead is taken, more is not, and never moves what is newest")
  func future() async throws {
    let store = try Store.inMemory()
    let web = try service("web")
    let ahead = later.seconds - monday.seconds + 60
    let verdicts = try await store.append(
      [
        try sample("web", ahead, 1), try sample("web", ahead + 1, 2), try sample("api", 0, 3),
        try sample("web", 20 * 365 * 86_400, 4),
      ], now: later)
    #expect(verdicts == [nil, .inTheFuture, nil, .inTheFuture])
    #expect(store.newest(of: web, metric: .rate) == (try sample("web", ahead, 1)))
    // The series goes on where it was.
    #expect(
      try await store.append([try sample("web", ahead + 15, 5)], now: later + .seconds(15)) == [nil]
    )
    #expect(store.newest(of: try service("api"), metric: .rate)?.value == 3)
  }

  @Test("F-05: samples may come in any order, up to an hour late; older ones are refused by name")
  func outOfOrder() async throws {
    let store = try Store.inMemory()
    let web = try service("web")
    _ = try await store.append([try sample("web", 7200, 9)], now: later)
    try await store.sealAll()
    let late = try await store.append(
      [
        try sample("web", 7185, 8), try sample("web", 3600, 2), try sample("web", 3599, 3),
        try sample("web", 0, 1), try sample("web", 5400, 4),
      ], now: later)
    #expect(late == [nil, nil, .tooOld, .tooOld, nil])
    try await store.sealAll()
    for (second, value) in [
      (Int64(0), nil), (3600, 2), (5400, 4), (7185, 8), (7200, 9),
    ] as [(Int64, Double?)] {
      let series = try await store.series(
        of: web, metric: .rate, from: monday + .seconds(second), to: monday + .seconds(second + 15),
        step: .seconds(15))
      #expect(series[0] == value, "at +\(second) s")
    }
    #expect(store.newest(of: web, metric: .rate) == (try sample("web", 7200, 9)))
    // What is stored may be repeated however late.
    _ = try await store.append([try sample("web", 90_000, 1)], now: later)
    let repeated = try await store.append(
      [try sample("web", 3600, 2), try sample("web", 3600, 5)], now: later)
    #expect(repeated == [nil, .conflict])
  }

  @Test("F-06 I-12 I-17: a sample changes its own series only")
  func isolation() async throws {
    let store = try Store.inMemory()
    let api = try service("api")
    _ = try await store.append(
      [try sample("api", 0, 1), try sample("web", 0, 2), try sample("api", 0, 3, .queue)],
      now: later)
    let before = store.seriesInfo(of: api)
    _ = try await store.append([try sample("web", 20 * 86_400, 5)], now: later)
    #expect(store.seriesInfo(of: api) == before)
    #expect(store.newest(of: api, metric: .queue)?.value == 3)
    #expect(store.services().map(\.name) == ["api", "web"])
  }

  @Test("I-14: everything acknowledged is there after reopening, sealed or not, closed or not")
  func reopening() async throws {
    let directory = try TemporaryDirectory()
    let web = try service("web")
    for (run, isClosed) in [false, true, false, false].enumerated() {
      let store = try Store.open(directory.store)
      #expect(store.newest(of: web, metric: .rate)?.value == (run == 0 ? nil : Double(run - 1)))
      _ = try await store.append([try sample("web", Int64(run) * 60, Double(run))], now: later)
      if run == 2 { try await store.sealAll() }
      if isClosed { try await store.close() }
    }
    let store = try Store.open(directory.store)
    let series = try await store.series(
      of: web, metric: .rate, from: monday, to: monday + .seconds(240), step: .seconds(60))
    #expect(series.values == [0, 1, 2, 3])
  }

  @Test("Calls at the same time share transactions and all get their answer")
  func groupCommit() async throws {
    let directory = try TemporaryDirectory()
    let store = try Store.open(directory.store)
    let later = later
    try await withThrowingTaskGroup(of: Void.self) { group in
      for client in 0..<64 {
        group.addTask {
          for second in 0..<20 {
            let verdicts = try await store.append(
              [try sample("service-\(client)", Int64(second), Double(second))], now: later)
            #expect(verdicts == [nil])
          }
        }
      }
      try await group.waitForAll()
    }
    let reader = try Store.read(directory.store)
    #expect(reader.services().count == 64)
    for service in reader.services() {
      let series = try await reader.series(
        of: service, metric: .rate, from: monday, to: monday + .seconds(20), step: .seconds(1))
      #expect(series.values == (0..<20).map(Double.init))
    }
  }

  @Test("F-16: what waits for a slow disk is bounded, and the sender is told before it is taken")
  func overload() async throws {
    let directory = try TemporaryDirectory()
    let store = try Store.open(directory.store, patience: .seconds(60))
    var configuration = Configuration()
    configuration.allowsUnsafeTransactions = true
    let other = try DatabaseQueue(path: directory.store, configuration: configuration)
    let later = later
    let samples = try (0..<300_000).map { try sample("web", Int64($0), 1) }
    let released = AsyncStream.makeStream(of: Void.self)
    let holding = AsyncStream.makeStream(of: Void.self)
    let holder = Task.detached {
      try await other.writeWithoutTransaction { db in
        try db.execute(sql: "BEGIN IMMEDIATE")
      }
      holding.continuation.finish()
      for await _ in released.stream {}
      try await other.writeWithoutTransaction { db in try db.execute(sql: "COMMIT") }
    }
    for await _ in holding.stream {}
    let first = Task { try await store.append([try sample("web", 0, 1)], now: later) }
    // The first is at the lock; what follows waits behind it.
    while store.samples.queue.withLock({ !$0.isDraining || $0.waiting > 0 }) { await Task.yield() }
    let second = Task { try await store.append(samples, now: later) }
    while store.samples.queue.withLock({ $0.waiting == 0 }) { await Task.yield() }
    await #expect(throws: StoreError.overloaded(file: directory.store)) {
      try await store.append(samples, now: later)
    }
    released.continuation.finish()
    try await holder.value
    #expect(try await first.value == [nil])
    #expect(try await second.value.allSatisfy { $0 == nil })
    #expect(try await store.append([try sample("web", 300_000, 1)], now: later) == [nil])
  }

  @Test("F-12: no statement is put together from anything but constants of ours")
  func statements() throws {
    let sources = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("Sources/Storage")
    var inserted: Set<String> = []
    let files = try #require(FileManager.default.enumerator(atPath: sources.path))
    for case let file as String in files where file.hasSuffix(".swift") {
      let text = try String(contentsOf: sources.appendingPathComponent(file), encoding: .utf8)
      // Wherever a literal stands that begins as a statement does.
      let verb = /\s*(SELECT|INSERT|UPDATE|DELETE|CREATE|ALTER|DROP|PRAGMA|EXPLAIN|WITH)\b/
      let literals = (text.matches(of: /"""([\s\S]*?)"""/) + text.matches(of: /"([^"\n]*)"/))
        .map(\.1).filter { $0.prefixMatch(of: verb) != nil }
      for literal in literals {
        inserted.formUnion(literal.matches(of: /\\\(([^)]*)\)/).map { String($0.1) })
      }
    }
    #expect(
      inserted == [
        "pageSize", "checkpointPages", "pageSize * checkpointPages", "Schema.applicationID",
        "scope", "patience",
      ])
  }

  @Test("F-12: names and texts that are SQL are texts")
  func injection() async throws {
    let store = try Store.inMemory()
    let hostile = "x'; DROP TABLE samples; --\""
    #expect(ServiceID(hostile) == nil)
    try await store.setMeta(hostile, to: hostile)
    #expect(try store.meta(hostile) == hostile)
    let web = try service("web")
    try await store.appendEvents([
      JournalEntry(service: web, time: monday, kind: hostile, version: 1, bytes: [])
    ])
    let events = try await store.events(after: 0, limit: 1)
    #expect(events.first?.entry.kind == hostile)
    #expect(try await store.append([try sample("web", 0, 1)], now: later) == [nil])
  }

  @Test("A range that makes no sense is refused or empty, never a trap")
  func ranges() async throws {
    let store = try Store.inMemory()
    let web = try service("web")
    await #expect(throws: StoreError.self) {
      try await store.series(
        of: web, metric: .rate, from: .earliest, to: .latest, step: .seconds(1))
    }
    await #expect(throws: StoreError.self) {
      try await store.series(
        of: web, metric: .rate, from: monday, to: later, step: .milliseconds(1500))
    }
    let empty = try await store.series(
      of: web, metric: .rate, from: later, to: monday, step: .seconds(60))
    #expect(empty.count == 0)
    let unknown = try await store.series(
      of: web, metric: .rate, from: monday, to: monday + .seconds(90), step: .seconds(60))
    #expect(unknown.count == 2)
    #expect(unknown.knownCount == 0)
  }
}
