import Foundation
import GRDB

/// Keeps SQLite's log bounded when somebody reads for long: SQLite folds the log back by itself, but
/// cannot start it anew while a reader still needs it. Beyond `limit` the writer waits for the
/// readers, as long as its patience for locks, and everybody who writes waits with it.
struct LogBound: Sendable {
  /// Bytes; 64 MiB are promised, and one transaction may come on top.
  static let limit = 48 << 20

  /// The length at which the next attempt is due.
  private var due = limit

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
