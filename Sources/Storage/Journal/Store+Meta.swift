import GRDB

extension Store {
  /// A small fact that outlives the process, such as where a replay stands; nil if not set.
  public func meta(_ key: String) throws(StoreError) -> String? {
    try read { db in
      try String.fetchOne(db, sql: "SELECT value FROM meta WHERE key = ?", arguments: [key])
    }
  }

  /// The facts whose keys begin like that.
  public func meta(startingWith prefix: String) throws(StoreError) -> [String: String] {
    try read { db in
      let rows = try Row.fetchAll(
        db, sql: "SELECT key, value FROM meta WHERE key >= ? AND key < ?",
        arguments: [prefix, prefix + "\u{10FFFF}"])
      return Dictionary(rows.map { ($0[0], $0[1]) }) { first, _ in first }
    }
  }

  /// Sets a fact, or removes it.
  public func setMeta(_ key: String, to value: String?) async throws(StoreError) {
    try await setMeta([(key, value)])
  }

  /// Sets or removes facts in one transaction.
  public func setMeta(_ facts: [(key: String, value: String?)]) async throws(StoreError) {
    try await write { db in
      let remove = try db.cachedStatement(sql: "DELETE FROM meta WHERE key = ?")
      let set = try db.cachedStatement(
        sql: """
          INSERT INTO meta (key, value) VALUES (?, ?)
          ON CONFLICT (key) DO UPDATE SET value = excluded.value
          """)
      for (key, value) in facts {
        if let value {
          try set.execute(arguments: [key, value])
        } else {
          try remove.execute(arguments: [key])
        }
      }
    }
  }
}
