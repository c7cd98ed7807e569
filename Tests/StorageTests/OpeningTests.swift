import Domain
import Foundation
import GRDB
import Testing

@testable import Storage

@Suite("Opening")
struct OpeningTests {
  private func error(_ body: () throws(StoreError) -> Store) -> StoreError? {
    do {
      _ = try body()
      return nil
    } catch {
      return error
    }
  }

  @Test("F-36: a second process gets a sentence that names the first; a reader may look")
  func processLock() async throws {
    let directory = try TemporaryDirectory()
    let store = try Store.open(directory.store)
    let refused = error { () throws(StoreError) in try Store.open(directory.store) }
    guard case .locked(let file, let holder) = refused else {
      Issue.record("got \(String(describing: refused))")
      return
    }
    #expect(file == directory.store)
    #expect(holder?.contains("process \(getpid())") == true)
    #expect(refused?.description.contains("stop it first") == true)
    _ = try await store.append([try sample("web", 0, 1)], now: monday)
    #expect(try Store.read(directory.store).services().map(\.name) == ["web"])
  }

  @Test("F-36: a database that another connection keeps locked is reported after the patience")
  func busy() async throws {
    let directory = try TemporaryDirectory()
    let store = try Store.open(directory.store, patience: .milliseconds(50))
    var configuration = Configuration()
    configuration.allowsUnsafeTransactions = true
    let other = try DatabaseQueue(path: directory.store, configuration: configuration)
    try await other.writeWithoutTransaction { db in try db.execute(sql: "BEGIN IMMEDIATE") }
    await #expect(throws: StoreError.locked(file: directory.store, holder: nil)) {
      try await store.append([try sample("web", 0, 1)], now: monday)
    }
    await #expect(throws: StoreError.locked(file: directory.store, holder: nil)) {
      try await store.setMeta("key", to: "value")
    }
    try await other.writeWithoutTransaction { db in try db.execute(sql: "COMMIT") }
    // What was not acknowledged is not there, and the store goes on.
    #expect(store.newest(of: try service("web"), metric: .rate) == nil)
    #expect(try await store.append([try sample("web", 0, 2)], now: monday) == [nil])
    #expect(store.newest(of: try service("web"), metric: .rate)?.value == 2)
  }

  @Test("F-34: what a crash left in a rollback journal is rolled back, and the store opens")
  func hotJournal() async throws {
    let directory = try TemporaryDirectory()
    try await directory.makeOldStore()
    var configuration = Configuration()
    configuration.allowsUnsafeTransactions = true
    let queue = try DatabaseQueue(path: directory.store, configuration: configuration)
    let (path, copy) = (directory.store, "\(directory.path)/copy.sqlite")
    try await queue.writeWithoutTransaction { db in
      // So small a memory that pages go to the file before the commit, and their past to the journal.
      try db.execute(
        sql: """
          PRAGMA cache_size = 2;
          BEGIN IMMEDIATE;
          UPDATE meta SET value = 'other';
          """)
      for _ in 0..<200 {
        try db.execute(sql: "INSERT INTO batches (bytes) VALUES (zeroblob(5000))")
      }
      for ending in ["", "-journal"] {
        try FileManager.default.copyItem(atPath: path + ending, toPath: copy + ending)
      }
      try db.execute(sql: "ROLLBACK")
    }
    let store = try Store.open(copy)
    #expect(try store.meta("key") == "value")
    try await store.close()
  }

  @Test("F-33: a file that is no database is named, left alone, and put aside on request")
  func notADatabase() async throws {
    let directory = try TemporaryDirectory()
    let text = String(repeating: "this is not a database\n", count: 1000)
    try text.write(toFile: directory.store, atomically: true, encoding: .utf8)
    let refused = error { () throws(StoreError) in try Store.open(directory.store) }
    guard case .damaged = refused else {
      Issue.record("got \(String(describing: refused))")
      return
    }
    #expect(try String(contentsOfFile: directory.store, encoding: .utf8) == text)
    let store = try Store.open(directory.store, quarantining: monday)
    let aside = try #require(store.quarantine)
    #expect(aside.file == directory.store + ".damaged-20261123T000000Z")
    #expect(try String(contentsOfFile: aside.file, encoding: .utf8) == text)
    #expect(store.services().isEmpty)
    #expect(try await store.append([try sample("web", 0, 1)], now: monday) == [nil])
  }

  @Test("F-33: a database of another program is refused and not touched")
  func foreign() throws {
    let directory = try TemporaryDirectory()
    let other = try DatabaseQueue(path: directory.store)
    try other.write { try $0.execute(sql: "CREATE TABLE theirs (a)") }
    try other.close()
    let before = FileManager.default.contents(atPath: directory.store)
    #expect(
      error { () throws(StoreError) in try Store.open(directory.store, quarantining: monday) }
        == .foreign(file: directory.store))
    #expect(FileManager.default.contents(atPath: directory.store) == before)
  }

  @Test("F-38: a newer version's file is refused by name and not touched")
  func newer() async throws {
    let directory = try TemporaryDirectory()
    try await Store.open(directory.store).close()
    let other = try DatabaseQueue(path: directory.store)
    try await other.write { db in
      try db.execute(sql: "INSERT INTO grdb_migrations VALUES ('999-from-the-future')")
    }
    try other.close()
    let before = FileManager.default.contents(atPath: directory.store)
    let refused = error { () throws(StoreError) in try Store.open(directory.store) }
    #expect(refused == .newerSchema(file: directory.store, unknown: ["999-from-the-future"]))
    #expect(FileManager.default.contents(atPath: directory.store) == before)
  }

  @Test("F-38: before an upgrade the file is copied, and the copy opens with what it held")
  func backupBeforeUpgrade() async throws {
    let directory = try TemporaryDirectory()
    try await directory.makeOldStore()
    let store = try Store.open(directory.store)
    #expect(try store.meta("key") == "value")
    let copy = try DatabaseQueue(path: directory.store + ".before-004-plain-views")
    let (applied, value) = try await copy.read { db in
      (
        try Schema.migrator.appliedIdentifiers(db).sorted(),
        try String.fetchOne(db, sql: "SELECT value FROM meta")
      )
    }
    #expect(applied.last == "003-decisions")
    #expect(value == "value")
    try await store.close()
    // A file that is up to date is not copied again.
    try FileManager.default.removeItem(atPath: directory.store + ".before-004-plain-views")
    try await Store.open(directory.store).close()
    #expect(
      !FileManager.default.fileExists(atPath: directory.store + ".before-004-plain-views"))
  }

  @Test(
    "F-35 I-14: after a power cut that tears what was not synced, everything acknowledged is there",
    arguments: 0..<20)
  func powerCut(seed: Int) async throws {
    var generator = SeededGenerator(seed: UInt64(seed))
    let directory = try TemporaryDirectory()
    let store = try Store.open(directory.store)
    var synced: [Int] = []
    for tick in 0..<12 {
      let batch = try (0..<50).map { try sample("service-\($0)", Int64(tick) * 15, Double(tick)) }
      _ = try await store.append(batch, now: monday + .seconds(3600))
      synced.append(LogBound.length(of: directory.store))
    }
    let last = Int.random(in: 0..<12, using: &generator)
    try directory.copyForCrash()
    // The log up to there is on the disk; of the rest some came, torn, and some sectors did not.
    var log = try #require(FileManager.default.contents(atPath: directory.store + "-wal"))
    log = log.prefix(Int.random(in: synced[last]...log.count, using: &generator))
    var sector = (synced[last] + 511) / 512
    while sector < log.count / 512 {
      if Bool.random(using: &generator) {
        for offset in sector * 512..<(sector + 1) * 512 {
          log[offset] = .random(in: 0...255, using: &generator)
        }
      }
      sector += 1
    }
    try log.write(to: URL(fileURLWithPath: directory.store + "-wal"))
    let reopened = try Store.open(directory.store)
    for index in 0..<50 {
      let series = try await reopened.series(
        of: try service("service-\(index)"), metric: .rate, from: monday,
        to: monday + .seconds(15 * (last + 1)), step: .seconds(15))
      #expect(series.values == (0...last).map(Double.init), "seed \(seed), service \(index)")
    }
  }

  @Test(
    "F-33 I-15: a file with an overwritten page is found at start and put aside", arguments: 0..<12)
  func damagedPage(seed: Int) async throws {
    var generator = SeededGenerator(seed: UInt64(seed))
    let directory = try TemporaryDirectory()
    let store = try Store.open(directory.store)
    for index in 0..<50 {
      let samples = try (0..<20).map { try sample("service-\(index)", Int64($0) * 15, Double($0)) }
      _ = try await store.append(samples, now: monday + .seconds(3600))
    }
    try await store.close()
    var bytes = try #require(FileManager.default.contents(atPath: directory.store))
    let pages = bytes.count / 4096
    let page = Int.random(in: 0..<pages, using: &generator)
    for offset in 0..<4096 {
      bytes[page * 4096 + offset] = .random(in: 0...255, using: &generator)
    }
    try bytes.write(to: URL(fileURLWithPath: directory.store))
    let opened = try Store.open(directory.store, quarantining: monday)
    // A page that nothing refers to may be anything.
    guard let aside = opened.quarantine else {
      #expect(opened.services().count == 50, "seed \(seed), page \(page) of \(pages)")
      return
    }
    #expect(FileManager.default.contents(atPath: aside.file) == bytes, "seed \(seed)")
    #expect(opened.services().isEmpty, "seed \(seed)")
  }

  @Test("F-33: a chunk whose bits changed later is reported when it is read")
  func damagedChunk() async throws {
    let directory = try TemporaryDirectory()
    let store = try Store.open(directory.store)
    _ = try await store.append([try sample("web", 0, 1), try sample("web", 15, 2)], now: monday)
    try await store.sealAll()
    let other = try DatabaseQueue(path: directory.store)
    try await other.write { db in
      try db.execute(sql: "UPDATE chunks SET bytes = zeroblob(length(bytes))")
    }
    let web = try service("web")
    do {
      _ = try await store.series(
        of: web, metric: .rate, from: monday, to: monday + .seconds(30), step: .seconds(15))
      Issue.record("a damaged chunk was read")
    } catch {
      guard case .damaged = error else {
        Issue.record("got \(error)")
        return
      }
    }
  }

  @Test("F-32: a store opened for reading refuses to write, with a sentence")
  func readOnly() async throws {
    let directory = try TemporaryDirectory()
    try await Store.open(directory.store).close()
    let reader = try Store.read(directory.store)
    await #expect(throws: StoreError.readOnly(file: directory.store)) {
      try await reader.append([try sample("web", 0, 1)], now: monday)
    }
    await #expect(throws: StoreError.readOnly(file: directory.store)) {
      try await reader.setMeta("key", to: "value")
    }
  }

  @Test(
    "F-31 F-32: SQLite's codes become what the caller does next",
    arguments: [
      (ResultCode.SQLITE_BUSY, StoreError.locked(file: "f", holder: nil), false),
      (.SQLITE_READONLY, .readOnly(file: "f"), false), (.SQLITE_FULL, .full(file: "f"), false),
      (.SQLITE_CORRUPT, .damaged(file: "f", detail: "detail"), true),
      (.SQLITE_NOTADB, .damaged(file: "f", detail: "detail"), true),
      (.SQLITE_IOERR, .failed(file: "f", detail: "detail"), true),
      (.SQLITE_CANTOPEN, .failed(file: "f", detail: "detail"), true),
    ])
  func codes(code: ResultCode, error: StoreError, isFatal: Bool) {
    let mapped = StoreError(DatabaseError(resultCode: code, message: "detail"), file: "f")
    #expect(mapped == error)
    #expect(mapped.isFatal == isFatal)
    #expect(mapped.description.contains("f"))
  }

  @Test("Missing directories and directories in the file's place are said")
  func places() throws {
    let directory = try TemporaryDirectory()
    for path in [directory.path + "/none/scaler.sqlite", directory.path] {
      guard case .failed = error({ () throws(StoreError) in try Store.open(path) }) else {
        Issue.record("\(path) was opened")
        continue
      }
    }
    guard case .failed = error({ () throws(StoreError) in try Store.read(directory.store) }) else {
      Issue.record("a missing file was opened for reading")
      return
    }
  }

  @Test(
    "F-41: network file systems are known by their mount",
    arguments: [
      ("/srv/data/x", "nfs4"), ("/srv/database", nil), ("/srv/with space/a", "cifs"),
      ("/home", nil), ("/srv/data", "nfs4"),
    ] as [(String, String?)])
  func networkMounts(path: String, type: String?) {
    let mounts = """
      /dev/sda1 / ext4 rw 0 0
      server:/data /srv/data nfs4 rw 0 0
      //box/share /srv/with\\040space cifs rw 0 0
      """
    #expect(FileProbe.networkFileSystem(at: path, mounts: mounts) == type)
  }
}

@Suite("The log")
struct LogTests {
  @Test("F-37: the log is emptied beyond its bound, and stays while a reader needs it")
  func bound() throws {
    let directory = try TemporaryDirectory()
    let pool = try DatabasePool(
      path: directory.store,
      configuration: Connection.configuration(patience: .milliseconds(20), readonly: false))
    try pool.writeWithoutTransaction { db in
      try db.execute(sql: "PRAGMA wal_autocheckpoint = 0; CREATE TABLE filler (bytes BLOB)")
      func fill() throws {
        while LogBound.length(of: directory.store) < LogBound.limit {
          try db.execute(sql: "INSERT INTO filler VALUES (zeroblob(8000000))")
          try db.execute(sql: "DELETE FROM filler")
        }
      }
      var bound = LogBound()
      var isEmptied = false
      isEmptied = bound.keep(db, file: directory.store)
      #expect(isEmptied == false)
      try fill()
      isEmptied = bound.keep(db, file: directory.store)
      #expect(isEmptied == true)
      #expect(LogBound.length(of: directory.store) == 0)

      try db.execute(sql: "INSERT INTO filler VALUES (zeroblob(8000000))")
      let other = try DatabaseQueue(path: directory.store)
      try other.read { reader in
        _ = try Int.fetchOne(reader, sql: "SELECT count(*) FROM filler")
        try fill()
        isEmptied = bound.keep(db, file: directory.store)
        #expect(isEmptied == false)
      }
      while LogBound.length(of: directory.store) < LogBound.limit * 3 / 2 {
        try db.execute(sql: "INSERT INTO filler VALUES (zeroblob(8000000)); DELETE FROM filler")
      }
      isEmptied = bound.keep(db, file: directory.store)
      #expect(isEmptied == true)
    }
  }

  @Test(
    "F-37 I-19: while a reader keeps the log at its bound samples are refused, the journal goes on")
  func stuckReader() async throws {
    let directory = try TemporaryDirectory()
    let store = try Store.open(directory.store, patience: .milliseconds(20))
    let now = monday + .seconds(3600)
    let web = try service("web")
    let event = JournalEntry(service: web, time: monday, kind: "tick", version: 1, bytes: [])
    let hours = TimeSeries(start: monday - .seconds(7200), step: .seconds(3600), values: [1, 2])
    var configuration = GRDB.Configuration()
    configuration.allowsUnsafeTransactions = true
    let reader = try DatabaseQueue(path: directory.store, configuration: configuration)
    try await reader.writeWithoutTransaction { db in
      try db.execute(sql: "BEGIN; SELECT count(*) FROM series")
    }
    try await store.database.writeWithoutTransaction { db in
      try db.execute(sql: "CREATE TABLE filler (bytes BLOB)")
      while LogBound.length(of: directory.store) < LogBound.most {
        try db.execute(sql: "INSERT INTO filler VALUES (zeroblob(4000000)); DELETE FROM filler")
      }
    }
    // The first one finds out that the reader is stuck.
    #expect(try await store.append([try sample("web", 0, 1)], now: now) == [nil])
    let length = LogBound.length(of: directory.store)
    for second in 1..<4 as Range<Int64> {
      await #expect(throws: StoreError.overloaded(file: directory.store)) {
        try await store.append([try sample("web", second, 1)], now: now)
      }
    }
    await #expect(throws: StoreError.overloaded(file: directory.store)) {
      try await store.importSeries(hours, service: web, metric: .queue)
    }
    await #expect(throws: StoreError.overloaded(file: directory.store)) {
      try await store.retain(RetentionPolicy(), now: now)
    }
    #expect(LogBound.length(of: directory.store) == length)
    _ = try await store.appendEvents([event])

    try await reader.writeWithoutTransaction { try $0.execute(sql: "COMMIT") }
    #expect(try await store.append([try sample("web", 60, 2)], now: now) == [nil])
    #expect(LogBound.length(of: directory.store) < LogBound.limit)
    try directory.copyForCrash()
    let reopened = try Store.open(directory.store)
    let series = try await reopened.series(
      of: web, metric: .rate, from: monday, to: monday + .seconds(120), step: .seconds(60))
    #expect(series.values == [1, 2])
    #expect(try await reopened.events(after: 0, limit: 9).count == 1)
  }
}
