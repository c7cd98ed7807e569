import GRDB

extension Store {
  /// A small fact that outlives the process, such as where a replay stands; nil if not set.
  public func meta(_ key: String) throws(StoreError) -> String? {
    try read { db in
      try String.fetchOne(db, sql: "SELECT value FROM meta WHERE key = ?", arguments: [key])
    }
  }

  /// Sets a fact, or removes it.
  public func setMeta(_ key: String, to value: String?) async throws(StoreError) {
    try await write { db in
      guard let value else {
        try db.execute(sql: "DELETE FROM meta WHERE key = ?", arguments: [key])
        return
      }
      try db.execute(
        sql: """
          INSERT INTO meta (key, value) VALUES (?, ?)
          ON CONFLICT (key) DO UPDATE SET value = excluded.value
          """, arguments: [key, value])
    }
  }
}
