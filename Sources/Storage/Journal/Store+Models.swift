public import Domain
import Foundation
import GRDB

extension Store {
  /// Stores a model; once more is fine.
  public func saveModel(_ model: StoredModel) async throws(StoreError) {
    try await write { db in
      try db.cachedStatement(
        sql: """
          INSERT INTO models (service, hash, kind, version, bytes, fitted_at)
          VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (service, hash) DO NOTHING
          """
      ).execute(arguments: [
        model.service.name, model.hash, model.kind, model.version, Data(model.bytes),
        model.fittedAt.seconds,
      ])
    }
  }

  /// The model with this hash; nil if there is none.
  public func model(_ hash: String) throws(StoreError) -> StoredModel? {
    try read { db in
      try self.model(
        Row.fetchOne(db, sql: "SELECT * FROM models WHERE hash = ? LIMIT 1", arguments: [hash]))
    }
  }

  /// The service's model that was fitted last; nil if it has none.
  public func newestModel(of service: ServiceID) throws(StoreError) -> StoredModel? {
    try read { try self.newestModel(of: service, $0) }
  }

  /// As the blocking form.
  public func newestModel(of service: ServiceID) async throws(StoreError) -> StoredModel? {
    try await read { try self.newestModel(of: service, $0) }
  }

  /// Drops models that are not their service's newest and that no journal entry and no snapshot
  /// refers to.
  func pruneModels() async throws(StoreError) -> Int {
    try await walk(Self.allModels, before: .latest) { db, row in
      try db.cachedStatement(
        sql: """
          DELETE FROM models WHERE rowid = ?
            AND rowid <> (SELECT n.rowid FROM models n WHERE n.service = models.service
              ORDER BY n.fitted_at DESC, n.rowid DESC LIMIT 1)
            AND NOT EXISTS (SELECT 1 FROM journal j WHERE j.model = models.hash)
            AND NOT EXISTS (SELECT 1 FROM snapshots s WHERE s.model = models.hash)
          """
      ).execute(arguments: [row])
    }
  }

  /// By row only, whatever the end and the time: a model's bytes are not looked at.
  static let allModels = """
    SELECT 0, rowid FROM models WHERE rowid > ?3 ORDER BY rowid LIMIT ?4
    """

  private func newestModel(of service: ServiceID, _ db: Database) throws -> StoredModel? {
    try model(
      Row.fetchOne(
        db,
        sql: """
          SELECT * FROM models WHERE service = ? ORDER BY fitted_at DESC, rowid DESC LIMIT 1
          """, arguments: [service.name]))
  }

  private func model(_ row: Row?) throws -> StoredModel? {
    guard let row else { return nil }
    return StoredModel(
      service: try serviceID(row["service"]), hash: row["hash"], kind: row["kind"],
      version: row["version"], bytes: [UInt8](row["bytes"] as Data),
      fittedAt: Timestamp(seconds: row["fitted_at"]))
  }

  /// A name that was a service when it was written.
  func serviceID(_ name: String) throws(StoreError) -> ServiceID {
    guard let service = ServiceID(name) else {
      throw .damaged(file: file, detail: "\(name.debugDescription) is no service name")
    }
    return service
  }
}
