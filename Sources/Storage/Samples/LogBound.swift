import Foundation
import GRDB

/// Keeps SQLite's log bounded when somebody reads for long: SQLite folds the log back by itself, but
/// cannot start it anew while a reader still needs it. Beyond `limit` the writer waits for the
/// readers, as long as its patience for locks, and everybody who writes waits with it. Where a reader
/// outlasts that until the log has `most` bytes, no more samples are taken until it is gone; the
/// journal and the decisions, which are small, still are.
struct LogBound: Sendable {
  /// Bytes from which on the writer waits for readers.
  static let limit = 48 << 20
  /// Bytes from which on samples are refused; one transaction may come on top.
  static let most = 64 << 20

  /// The length at which the next attempt is due.
  private var due = limit

  /// Whether a reader keeps the log at `most`; waits for nobody.
  mutating func isFull(_ db: Database, file: String) -> Bool {
    guard due > Self.limit, Self.length(of: file) >= Self.most else { return false }
    guard let patience = try? Int.fetchOne(db, sql: "PRAGMA busy_timeout") else { return true }
    defer { try? db.execute(sql: "PRAGMA busy_timeout = \(patience)") }
    guard (try? db.execute(sql: "PRAGMA busy_timeout = 0")) != nil,
      (try? db.checkpoint(.truncate)) != nil
    else { return true }
    due = Self.limit
    return false
  }

  /// - Returns: whether the log was emptied.
  mutating func keep(_ db: Database, file: String) -> Bool {
    let length = Self.length(of: file)
    guard length >= due else { return false }
    if (try? db.checkpoint(.truncate)) != nil {
      due = Self.limit
      return true
    }
    // A reader that outlasts the patience: not again for every commit.
    due = length + Self.limit / 8
    return false
  }

  static func length(of file: String) -> Int {
    // Asked after every commit: `FileManager` reads the owner's name as well.
    var status = stat()
    return stat(file + "-wal", &status) == 0 ? Int(status.st_size) : 0
  }
}
