import CFaultyDisk
import Domain
import Foundation
import GRDB
import Testing

@testable import Storage

/// What fails, and when.
struct DiskFault: CustomTestStringConvertible {
  var operation: faulty_disk_operation
  var isFull = false
  /// Whether every later operation fails as well.
  var stays = false

  var testDescription: String {
    (operation == FAULTY_DISK_SYNC ? "fsync" : isFull ? "write, disk full" : "write, I/O error")
      + (stays ? ", and all later ones" : ", once")
  }

  func plan(nth: Int) {
    faulty_disk_plan(operation, Int32(nth), isFull ? 1 : 0, stays ? 1 : 0)
  }

  static let all = [
    DiskFault(operation: FAULTY_DISK_WRITE), DiskFault(operation: FAULTY_DISK_SYNC),
    DiskFault(operation: FAULTY_DISK_WRITE, isFull: true),
    DiskFault(operation: FAULTY_DISK_WRITE, isFull: true, stays: true),
    DiskFault(operation: FAULTY_DISK_SYNC, stays: true),
  ]
}

/// The disk fails at the Nth write or fsync, for every N in turn (every few in a plain run; all with
/// SCALER_EXHAUSTIVE=1). Whatever was acknowledged must be there afterwards, whole.
@Suite("A disk that fails", .serialized)
struct DiskFaultTests {
  private static let isExhaustive =
    ProcessInfo.processInfo.environment["SCALER_EXHAUSTIVE"] == "1"
  private static let services = ["api", "shop", "web"]
  /// Three days every half minute, so that whole days are due and are averaged.
  private static let longSpan: Int64 = 3 * 86_400
  private static let longBatch: Int64 = 6 * 3600

  /// What the store said yes to.
  private struct Acknowledged {
    /// First seconds of batches: one sample for each service.
    var batches: [Int64] = []
    var events: [Int64] = []
    var imports = 0
    /// First seconds of batches of the series that retention condenses.
    var longBatches: [Int64] = []
    /// Chunks that retention moved.
    var condensed = 0
    var failures: [StoreError] = []
  }

  private static func value(_ name: String, _ second: Int64) -> Double {
    Double((second * 7 + Int64(name.utf8.count) * 31) % 977)
  }

  /// Ingest, journal, seals, an import and retention, as one process does them.
  private func work(_ path: String, _ done: inout Acknowledged) async {
    do {
      let store = try Store.open(path)
      for tick in 0..<36 as Range<Int64> {
        let second = tick * 600
        let batch = try Self.services.map { try sample($0, second, Self.value($0, second)) }
        do {
          if try await store.append(batch, now: monday + .seconds(90_000)).allSatisfy({ $0 == nil })
          {
            done.batches.append(second)
          }
        } catch { done.failures.append(error) }
        do {
          let entry = JournalEntry(
            service: try service("web"), time: monday + .seconds(second), kind: "tick", version: 1,
            bytes: Array("\(tick)".utf8))
          done.events.append(try await store.appendEvents([entry]))
        } catch let error as StoreError { done.failures.append(error) }
        if tick % 9 == 8 {
          do { try await store.sealAll() } catch { done.failures.append(error) }
        }
      }
      let hours = TimeSeries(
        start: monday - .seconds(86_400), step: .seconds(3600), values: (0..<24).map(Double.init))
      do {
        _ = try await store.importSeries(hours, service: try service("old"), metric: .rate)
        done.imports += 1
      } catch let error as StoreError { done.failures.append(error) }
      for start in stride(from: Int64(0), to: Self.longSpan, by: Int(Self.longBatch)) {
        do {
          let batch = try stride(from: start, to: start + Self.longBatch, by: 30).map { second in
            try sample("long", second, Self.value("long", second))
          }
          if try await store.append(batch, now: monday + .seconds(Self.longSpan))
            .allSatisfy({ $0 == nil })
          {
            done.longBatches.append(start)
          }
        } catch let error as StoreError { done.failures.append(error) }
      }
      var policy = RetentionPolicy()
      policy.raw = .seconds(3600)
      do {
        done.condensed += try await store.retain(policy, now: monday)
      } catch { done.failures.append(error) }
    } catch let error as StoreError {
      done.failures.append(error)
    } catch {
      Issue.record("\(error)")
    }
  }

  private func check(_ path: String, _ done: Acknowledged, _ what: String) async throws {
    let store = try Store.open(path)
    for name in Self.services {
      let series = try await store.series(
        of: try service(name), metric: .rate, from: monday, to: monday + .seconds(36 * 600),
        step: .seconds(1))
      for second in done.batches {
        // By the second: a sample that stayed alone, of a series whose resolution is not known yet,
        // stands for no more.
        let read = series[Int(second)] ?? .nan
        #expect(
          abs(read - Self.value(name, second)) < 1e-6, "\(what): \(name) at \(second) s: \(read)")
      }
    }
    // A batch that was not acknowledged is there whole or not at all.
    for tick in 0..<36 as Range<Int64> {
      let known = try Self.services.map { name in
        let from = monday + .seconds(tick * 600)
        return try store.series(
          of: try service(name), metric: .rate, from: from, to: from + .seconds(60),
          step: .seconds(60))[0] != nil
      }
      #expect(Set(known).count == 1, "\(what): a part of the batch of tick \(tick)")
    }
    let journalled = Set(try await store.events(after: 0, limit: 1000).map(\.sequence))
    for sequence in done.events {
      #expect(journalled.contains(sequence), "\(what): event \(sequence) is lost")
    }
    let long = try await store.series(
      of: try service("long"), metric: .rate, from: monday, to: monday + .seconds(Self.longSpan),
      step: .seconds(60))
    for start in done.longBatches {
      for second in stride(from: start, to: start + Self.longBatch, by: 60) {
        let mean = (Self.value("long", second) + Self.value("long", second + 30)) / 2
        let read = long[Int(second / 60)] ?? .nan
        #expect(abs(read - mean) < 1e-6, "\(what): long at \(second) s: \(read)")
      }
    }
    if done.imports > 0 {
      let old = try await store.series(
        of: try service("old"), metric: .rate, from: monday - .seconds(86_400), to: monday,
        step: .seconds(3600))
      #expect(old.values == (0..<24).map(Double.init), "\(what): the import")
    }
  }

  private func pace(of fault: DiskFault, _ writes: Int, _ syncs: Int) -> Int {
    if Self.isExhaustive { return 1 }
    return fault.operation == FAULTY_DISK_SYNC ? syncs : writes
  }

  @Test(
    "F-31 F-32 I-14: what was acknowledged survives a failing write or fsync, and nothing is half there",
    arguments: DiskFault.all)
  func ingest(fault: DiskFault) async throws {
    #expect(faulty_disk_install() == 0)
    var nth = 1
    var runs = 0
    var failed = 0
    while true {
      let directory = try TemporaryDirectory(named: "faulty-disk")
      var done = Acknowledged()
      fault.plan(nth: nth)
      await work(directory.store, &done)
      let reached = faulty_disk_count() >= nth
      fault.plan(nth: 0)
      runs += 1
      failed += done.failures.isEmpty ? 0 : 1
      try await check(directory.store, done, "\(fault.testDescription), number \(nth)")
      guard reached else {
        #expect(done.batches.count == 36, "without a fault everything is acknowledged")
        #expect(done.longBatches.count == 12)
        #expect(done.condensed >= 24, "\(done.condensed) chunks were condensed")
        break
      }
      nth += pace(of: fault, 401, 31)
    }
    #expect(runs > 1)
    #expect(failed > 0, "no fault was noticed in \(runs) runs")
  }

  @Test("I-14: nothing is acknowledged before an fsync, from the first call after opening on")
  func syncs() async throws {
    #expect(faulty_disk_install() == 0)
    let directory = try TemporaryDirectory(named: "faulty-disk")
    for opening in 0..<2 as Range<Int64> {
      let store = try Store.open(directory.store)
      for tick in 0..<5 as Range<Int64> {
        let second = opening * 600 + tick * 15
        faulty_disk_plan(FAULTY_DISK_SYNC, 0, 0, 0)
        _ = try await store.append([try sample("web", second, 1)], now: monday + .seconds(3600))
        #expect(faulty_disk_count() >= 1, "append \(tick) of opening \(opening)")
        faulty_disk_plan(FAULTY_DISK_SYNC, 0, 0, 0)
        try await store.appendEvents([
          JournalEntry(
            service: try service("web"), time: monday, kind: "tick", version: 1, bytes: [])
        ])
        #expect(faulty_disk_count() >= 1, "event \(tick) of opening \(opening)")
        if tick == 3 { try await store.sealAll() }
      }
      try await store.close()
    }
  }

  @Test(
    "F-31 F-32 F-38 I-14: an upgrade that a failing disk interrupts loses nothing and can be repeated",
    arguments: DiskFault.all)
  func migration(fault: DiskFault) async throws {
    #expect(faulty_disk_install() == 0)
    var nth = 1
    var failed = 0
    while true {
      let directory = try TemporaryDirectory(named: "faulty-disk")
      try await directory.makeOldStore { db in
        try db.execute(
          sql: "INSERT INTO series (id, service, metric, resolution) VALUES (1, 'web', 'rate', 0)")
        let batch = Batch(series: [1], times: [monday.seconds], values: [7])
        try db.execute(
          sql: "INSERT INTO batches (bytes) VALUES (?)",
          arguments: [Data(BatchCodec.encode(batch, unit: 60))])
      }
      fault.plan(nth: nth)
      do { _ = try Store.open(directory.store) } catch { failed += 1 }
      let reached = faulty_disk_count() >= nth
      fault.plan(nth: 0)
      let store = try Store.open(directory.store)
      #expect(try store.meta("key") == "value", "number \(nth)")
      #expect(store.newest(of: try service("web"), metric: .rate)?.value == 7, "number \(nth)")
      guard reached else { break }
      nth += pace(of: fault, 37, 7)
    }
    #expect(nth > 1)
    #expect(failed > 0, "no upgrade failed")
  }
}
