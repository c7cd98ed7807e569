import Domain
import Foundation
import GRDB

extension Store {
  /// Appends events in one transaction, on the disk when it returns.
  ///
  /// - Returns: the sequence number of the first; the others follow without gaps. For no events,
  ///   the number that the next one will have at least.
  @discardableResult
  public func appendEvents(_ entries: [JournalEntry]) async throws(StoreError) -> Int64 {
    try await write { db in try Self.insert(entries, numberedFrom: nil, db) }
  }

  /// - Parameter number: of the first; nil for the next ones. An entry that is there stays.
  /// - Returns: the number of the first.
  @discardableResult
  static func insert(
    _ entries: [JournalEntry], numberedFrom number: Int64?, _ db: Database
  ) throws -> Int64 {
    let statement = try db.cachedStatement(
      sql: """
        INSERT INTO journal (sequence, time, service, kind, version, model, bytes)
        VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (sequence) DO NOTHING
        """)
    var first = number
    for (offset, entry) in entries.enumerated() {
      try statement.execute(arguments: [
        number.map { $0 + Int64(offset) }, entry.time.seconds, entry.service.name, entry.kind,
        entry.version, entry.model, Data(entry.bytes),
      ])
      first = first ?? db.lastInsertedRowID
    }
    return try first ?? Self.lastSequence(db) + 1
  }

  /// The sequence number of the newest event, also if retention has dropped it; 0 before the first.
  public func lastSequence() throws(StoreError) -> Int64 { try read(Self.lastSequence) }

  /// The next events after a sequence number, oldest first, at most `limit`. Fewer than `limit`
  /// means that there are no more.
  public func events(after sequence: Int64, limit: Int) throws(StoreError) -> [JournalEvent] {
    try read { try Self.events(after: sequence, limit: limit, $0) }
  }

  /// As the blocking form.
  public func events(after sequence: Int64, limit: Int) async throws(StoreError) -> [JournalEvent] {
    try await read { try Self.events(after: sequence, limit: limit, $0) }
  }

  /// Stores states in one transaction; of each service the newest two are kept.
  public func saveSnapshots(_ snapshots: [Snapshot]) async throws(StoreError) {
    try await write { db in
      let insert = try db.cachedStatement(
        sql: """
          INSERT OR REPLACE INTO snapshots (service, sequence, version, model, bytes)
          VALUES (?, ?, ?, ?, ?)
          """)
      let trim = try db.cachedStatement(
        sql: """
          DELETE FROM snapshots WHERE service = ?1 AND sequence <
            (SELECT sequence FROM snapshots WHERE service = ?1 ORDER BY sequence DESC LIMIT 1 OFFSET 1)
          """)
      for snapshot in snapshots {
        try insert.execute(arguments: [
          snapshot.service.name, snapshot.sequence, snapshot.version, snapshot.model,
          Data(snapshot.bytes),
        ])
        try trim.execute(arguments: [snapshot.service.name])
      }
    }
  }

  /// Each service's newest snapshot, by service.
  public func newestSnapshots() throws(StoreError) -> [Snapshot] {
    try read { db in
      let rows = try Row.fetchAll(
        db,
        sql: """
          SELECT service, max(sequence), version, model, bytes FROM snapshots
          GROUP BY service ORDER BY service
          """)
      return try rows.map { row in
        Snapshot(
          service: try self.serviceID(row[0]), sequence: row[1], version: row[2],
          bytes: [UInt8](row[4] as Data), model: row[3])
      }
    }
  }

  /// Drops entries before `time` that their service's newest snapshot covers.
  func trimJournal(before time: Timestamp) async throws(StoreError) -> Int {
    try await walk(Self.oldEntries, before: time) { db, sequence in
      try db.cachedStatement(
        sql: """
          DELETE FROM journal WHERE sequence = ? AND sequence <=
            (SELECT max(s.sequence) FROM snapshots s WHERE s.service = journal.service)
          """
      ).execute(arguments: [sequence])
    }
  }

  static let oldEntries = """
    SELECT time, sequence FROM journal WHERE time < ? AND (time, sequence) > (?, ?)
    ORDER BY time, sequence LIMIT ?
    """

  private static func lastSequence(_ db: Database) throws -> Int64 {
    try Int64.fetchOne(db, sql: "SELECT seq FROM sqlite_sequence WHERE name = 'journal'") ?? 0
  }

  private static func events(after sequence: Int64, limit: Int, _ db: Database) throws
    -> [JournalEvent]
  {
    let statement = try db.cachedStatement(
      sql: """
        SELECT sequence, time, service, kind, version, model, bytes FROM journal
        WHERE sequence > ? ORDER BY sequence LIMIT ?
        """)
    let rows = try Row.fetchCursor(statement, arguments: [sequence, limit])
    var events: [JournalEvent] = []
    while let row = try rows.next() {
      guard let service = ServiceID(row[2] as String) else {
        throw DamagedBlob("journal entry \(row[0] as Int64) has no service")
      }
      events.append(
        JournalEvent(
          sequence: row[0],
          entry: JournalEntry(
            service: service, time: Timestamp(seconds: row[1]), kind: row[3], version: row[4],
            bytes: [UInt8](row[6] as Data), model: row[5])))
    }
    return events
  }
}
