import Foundation
import GRDB

/// The check at start: small enough for every start, so it samples. Batches are read whole and
/// checked by recovery; every chunk is checked by its checksum whenever it is read.
enum IntegrityCheck {
  /// Chunks read at start, spread over the whole table.
  private static let sampledChunks = 64
  /// Below this many pages the whole file is checked.
  private static let smallFile = 1024

  static func run(_ db: Database, file: String) throws {
    let pages = try Int.fetchOne(db, sql: "PRAGMA page_count") ?? 0
    let tables = try ["meta", "series", "spans", "models", "snapshots", "commands"].filter {
      try db.tableExists($0)
    }
    let scopes = pages <= smallFile ? [""] : tables.map { "('\($0)')" }
    for scope in scopes {
      let answers = try String.fetchAll(db, sql: "PRAGMA quick_check\(scope)")
      if let problem = answers.first(where: { $0 != "ok" }) {
        throw StoreError.damaged(file: file, detail: problem)
      }
    }
    if try db.tableExists("chunks") { try checkChunks(db, file: file) }
  }

  private static func checkChunks(_ db: Database, file: String) throws {
    guard let first = try Int64.fetchOne(db, sql: "SELECT min(key) FROM chunks"),
      let last = try Int64.fetchOne(db, sql: "SELECT max(key) FROM chunks")
    else { return }
    let statement = try db.makeStatement(
      sql: "SELECT key, bytes FROM chunks WHERE key >= ? ORDER BY key LIMIT 1")
    for index in 0..<Int64(sampledChunks) {
      let key = first + (last - first) / Int64(sampledChunks) * index
      guard let row = try Row.fetchOne(statement, arguments: [key]) else { continue }
      try row.withUnsafeData(atIndex: 1) { data in
        _ = try (data ?? Data()).withUnsafeBytes { try ChunkCodec.decode($0) }
      }
    }
  }
}
