import Domain
import Foundation
import GRDB

/// How connections are set up.
enum Connection {
  /// Bytes.
  static let pageSize = 4096
  /// A commit that finds the log this long (16 MiB) folds it back into the file.
  static let checkpointPages = 4096

  static func configuration(patience: Duration, readonly: Bool) -> GRDB.Configuration {
    var configuration = GRDB.Configuration()
    configuration.readonly = readonly
    configuration.busyMode = .timeout(patience.inSeconds)
    configuration.foreignKeysEnabled = true
    configuration.maximumReaderCount = 4
    configuration.label = "store"
    configuration.prepareDatabase { db in
      guard !readonly else { return }
      try db.execute(sql: "PRAGMA page_size = \(pageSize)")
      try db.execute(sql: "PRAGMA wal_autocheckpoint = \(checkpointPages)")
      try db.execute(sql: "PRAGMA journal_size_limit = \(pageSize * checkpointPages)")
    }
    return configuration
  }

  /// Looks at an existing file without changing it (opening a pool writes to it); refuses another
  /// program's, a newer version's, and a damaged one.
  ///
  /// What a crash left in a rollback journal, where the file was only becoming ours or its log was only
  /// being set up, is rolled back first, as whoever opens the file next has to: until then nothing can
  /// be read.
  static func inspect(_ file: String, patience: Duration) throws {
    do {
      try look(at: file, configuration(patience: patience, readonly: true))
    } catch let error as DatabaseError
      where error.extendedResultCode == .SQLITE_READONLY_ROLLBACK
    {
      try look(at: file, configuration(patience: patience, readonly: false))
    }
  }

  private static func look(at file: String, _ configuration: GRDB.Configuration) throws {
    let queue = try DatabaseQueue(path: file, configuration: configuration)
    try queue.read { db in
      guard try Bool.fetchOne(db, sql: "SELECT EXISTS (SELECT 1 FROM sqlite_master)") == true else {
        return
      }
      try checkOwner(db, file: file)
      try IntegrityCheck.run(db, file: file)
    }
    try queue.close()
  }

  /// Applies the migrations that the file lacks, each in one transaction. A file that holds something
  /// is copied first, to `PATH.before-MIGRATION`: an upgrade that fails leaves it as it was.
  static func migrate(_ database: any DatabaseWriter, file: String) throws {
    if try database.read(Schema.migrator.hasCompletedMigrations) { return }
    let applied = try database.read(Schema.migrator.appliedIdentifiers)
    let next = Schema.migrator.migrations.first { !applied.contains($0) }
    if file != ":memory:", !applied.isEmpty, let next {
      try backUp(database, to: "\(file).before-\(next)")
    }
    try database.write { db in
      try db.execute(sql: "PRAGMA application_id = \(Schema.applicationID)")
    }
    try Schema.migrator.migrate(database)
  }

  /// Copies the whole database, log included; a copy that a crash left half done is replaced.
  private static func backUp(_ database: any DatabaseWriter, to path: String) throws {
    let unfinished = path + ".unfinished"
    let files = FileManager.default
    if files.fileExists(atPath: unfinished) { try files.removeItem(atPath: unfinished) }
    let copy = try DatabaseQueue(path: unfinished)
    try database.backup(to: copy)
    try copy.close()
    if files.fileExists(atPath: path) { try files.removeItem(atPath: path) }
    try files.moveItem(atPath: unfinished, toPath: path)
  }

  static func checkOwner(_ db: Database, file: String) throws {
    guard try Int32.fetchOne(db, sql: "PRAGMA application_id") == Schema.applicationID else {
      throw StoreError.foreign(file: file)
    }
    let known = Set(Schema.migrator.migrations)
    let applied = try Schema.migrator.appliedIdentifiers(db).sorted()
    let unknown = applied.filter { !known.contains($0) }
    guard unknown.isEmpty else { throw StoreError.newerSchema(file: file, unknown: unknown) }
  }
}
