import Domain
import GRDB

extension Store {
  /// Rows looked at by one transaction of retention: other writers wait milliseconds for it.
  static let rowsPerCommit = 200

  /// Goes through rows in their order, a few per transaction, and deletes some of them.
  ///
  /// - Parameters:
  ///   - query: gives the next rows as (time, row), for the arguments (end, time, row, limit).
  ///   - delete: deletes what belongs to a row and, as its last statement, the row, or leaves it.
  /// - Returns: the rows that went.
  func walk(
    _ query: String, before end: Timestamp,
    delete: @escaping @Sendable (Database, Int64) throws -> Void
  ) async throws(StoreError) -> Int {
    var gone = 0
    var place: (time: Int64, row: Int64) = (.min, .min)
    while true {
      let after = place
      let (count, last) = try await write { db in
        let rows = try Row.fetchAll(
          db.cachedStatement(sql: query),
          arguments: [end.seconds, after.time, after.row, Self.rowsPerCommit])
        var count = 0
        for row in rows {
          try delete(db, row[1])
          count += db.changesCount
        }
        let last: (time: Int64, row: Int64)? = rows.last.map { ($0[0], $0[1]) }
        return (count, rows.count < Self.rowsPerCommit ? nil : last)
      }
      gone += count
      guard let last else { return gone }
      place = last
    }
  }
}
