import Domain
import Foundation
import GRDB

/// The rows of `series`.
enum SeriesTable {
  static func insert(_ state: SeriesState, _ db: Database) throws {
    try db.cachedStatement(
      sql: "INSERT INTO series (id, service, metric, resolution) VALUES (?, ?, ?, 0)"
    ).execute(arguments: [state.id, state.service.name, state.metric.rawValue])
  }

  static func update(_ state: SeriesState, _ db: Database) throws {
    try db.cachedStatement(
      sql: """
        UPDATE series SET resolution = ?, oldest = ?, newest = ?, newest_value = ? WHERE id = ?
        """
    ).execute(
      arguments: [state.resolution, state.oldest, state.newest, state.newestValue, state.id])
  }
}

/// The rows of `chunks` and the `spans` that say where they are.
enum ChunkTable {
  static func fetch(_ key: ChunkKey, _ db: Database) throws -> [Section]? {
    let statement = try db.cachedStatement(sql: "SELECT bytes FROM chunks WHERE key = ?")
    // A cursor's row is not copied.
    let rows = try Row.fetchCursor(statement, arguments: [key.packed])
    guard let row = try rows.next() else { return nil }
    return try row.withUnsafeData(atIndex: 0) { data in
      try (data ?? Data()).withUnsafeBytes { try ChunkCodec.decode($0) }
    }
  }

  /// The chunks of one series in consecutive windows of a tier, by window, in one statement: the keys
  /// lie a whole row of series apart, so each is looked up.
  static func forEach(
    _ windows: ClosedRange<Int64>, _ tier: Tier, series: Int64, _ db: Database,
    _ body: (_ window: Int64, _ sections: [Section]) throws -> Void
  ) throws {
    let statement = try db.cachedStatement(
      sql: """
        WITH RECURSIVE wanted (key) AS (
          VALUES (?1) UNION ALL SELECT key + 4294967296 FROM wanted WHERE key < ?2
        )
        SELECT chunks.key, chunks.bytes FROM wanted CROSS JOIN chunks ON chunks.key = wanted.key
        """)
    let first = ChunkKey(tier: tier, window: windows.lowerBound, series: series).packed
    let last = ChunkKey(tier: tier, window: windows.upperBound, series: series).packed
    let rows = try Row.fetchCursor(statement, arguments: [first, last])
    while let row = try rows.next() {
      let key: Int64 = row[0]
      let sections = try row.withUnsafeData(atIndex: 1) { data in
        try (data ?? Data()).withUnsafeBytes { try ChunkCodec.decode($0) }
      }
      try body(windows.lowerBound + (key - first) >> 32, sections)
    }
  }

  static func store(_ sections: [Section], _ key: ChunkKey, _ db: Database) throws {
    let summary = ChunkSummary(of: sections)
    try db.cachedStatement(
      sql: """
        INSERT OR REPLACE INTO chunks
          (key, points, bytes, first_time, last_time, smallest, mean, largest)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)
        """
    ).execute(arguments: [
      key.packed, summary.points, Data(ChunkCodec.encode(sections)), summary.first, summary.last,
      summary.smallest, summary.mean, summary.largest,
    ])
  }

  static func delete(_ key: ChunkKey, _ db: Database) throws {
    try db.cachedStatement(sql: "DELETE FROM chunks WHERE key = ?")
      .execute(arguments: [key.packed])
  }

  /// Adds points to a chunk; for an instant that is there the stored value stays.
  static func merge(_ section: Section, into key: ChunkKey, _ db: Database) throws {
    var sections = try fetch(key, db) ?? []
    var section = section
    for other in sections where !other.isLike(section) { section.remove(timesOf: other) }
    guard !section.times.isEmpty else { return }
    if let index = sections.firstIndex(where: { $0.isLike(section) }) {
      sections[index].merge(section)
    } else {
      sections.append(section)
    }
    try store(sections, key, db)
  }

  /// Widens the span of a tier to hold the windows.
  static func note(_ windows: ClosedRange<Int64>, _ tier: Tier, series: Int64, _ db: Database)
    throws
  {
    try db.cachedStatement(
      sql: """
        INSERT INTO spans (series, tier, first_window, last_window, settled) VALUES (?, ?, ?, ?, ?)
        ON CONFLICT (series, tier) DO UPDATE SET
          first_window = min(first_window, excluded.first_window),
          last_window = max(last_window, excluded.last_window),
          settled = min(settled, excluded.settled)
        """
    ).execute(
      arguments: [
        series, tier.rawValue, windows.lowerBound, windows.upperBound, windows.lowerBound,
      ])
  }

  /// The windows of a tier that retention has not looked at; nil if there are none.
  static func unsettled(_ tier: Tier, series: Int64, _ db: Database) throws -> ClosedRange<Int64>? {
    let statement = try db.cachedStatement(
      sql: "SELECT settled, last_window FROM spans WHERE series = ? AND tier = ?")
    guard let row = try Row.fetchOne(statement, arguments: [series, tier.rawValue]) else {
      return nil
    }
    let first: Int64 = row[0]
    let last: Int64 = row[1]
    return first <= last ? first...last : nil
  }

  /// Retention is done with these windows; `emptied` if they hold no chunk any more.
  static func settle(
    _ windows: ClosedRange<Int64>, _ tier: Tier, series: Int64, emptied: Bool, _ db: Database
  ) throws {
    let next = windows.upperBound + 1
    try db.cachedStatement(
      sql: """
        UPDATE spans SET settled = max(settled, ?),
          first_window = CASE WHEN ? AND first_window >= ? THEN max(first_window, ?)
            ELSE first_window END
        WHERE series = ? AND tier = ?
        """
    ).execute(
      arguments: [next, emptied, windows.lowerBound, next, series, tier.rawValue])
    try db.cachedStatement(
      sql: "DELETE FROM spans WHERE series = ? AND tier = ? AND first_window > last_window"
    ).execute(arguments: [series, tier.rawValue])
  }

  static func spans(of series: Int64, _ db: Database) throws -> [(Tier, ClosedRange<Int64>)] {
    let statement = try db.cachedStatement(
      sql: "SELECT tier, first_window, last_window FROM spans WHERE series = ? ORDER BY tier")
    return try Row.fetchAll(statement, arguments: [series]).compactMap { row in
      guard let tier = Tier(rawValue: row[0]) else { return nil }
      let first: Int64 = row[1]
      let last: Int64 = row[2]
      guard first <= last else { return nil }
      return (tier, first...last)
    }
  }
}
