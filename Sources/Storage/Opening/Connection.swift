import Domain
import GRDB

/// How connections are set up.
enum Connection {
  /// The log is folded back into the file at 8 MiB; a commit that finds it longer than this
  /// empties it with a checkpoint that waits for readers.
  static let pageSize = 8192

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
      try db.execute(sql: "PRAGMA synchronous = FULL")
      try db.execute(sql: "PRAGMA journal_size_limit = 16777216")
    }
    return configuration
  }

  /// Looks at an existing file without touching it, and refuses another program's or a newer
  /// version's.
  static func inspect(_ file: String, patience: Duration) throws {
    let queue = try DatabaseQueue(
      path: file, configuration: configuration(patience: patience, readonly: true))
    try queue.read { db in
      guard try Bool.fetchOne(db, sql: "SELECT EXISTS (SELECT 1 FROM sqlite_master)") == true else {
        return
      }
      try checkOwner(db, file: file)
    }
    try queue.close()
  }

  /// Migrates the file and checks it.
  static func prepare(_ database: any DatabaseWriter, file: String) throws {
    try database.write { db in
      try db.execute(sql: "PRAGMA application_id = \(Schema.applicationID)")
    }
    try Schema.migrator.migrate(database)
    try database.read { try IntegrityCheck.run($0, file: file) }
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
