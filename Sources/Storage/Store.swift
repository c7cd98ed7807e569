public import Domain
import Foundation
import GRDB

/// Everything that `scaler` remembers, in one SQLite file: samples, models, the journal with its
/// snapshots, decisions and what became of their commands.
///
/// One process writes a file (`open`); others may read it meanwhile (`read`). What a writing call
/// returned from is on the disk: WAL with `synchronous=FULL`, one fsync per group of callers.
/// Reads come in two forms: the plain one blocks its thread for as long as the disk takes, the
/// `async` one does not.
public final class Store: Sendable {
  /// The path, for messages; `:memory:` for a store without a file.
  public let file: String
  /// What was put aside when this store was opened; then hold until the world was observed again.
  public let quarantine: Quarantine?

  let database: any DatabaseWriter
  let samples: SampleStore
  /// Nil where none was asked for or there is no room for one.
  let reserve: Reserve?
  private let lock: ProcessLock?

  /// Opens a store to write it; creates it if there is none. Checks it, copies it before the first
  /// missing migration, applies those one transaction each, and recovers what was acknowledged before
  /// a crash.
  ///
  /// - Parameters:
  ///   - path: the file; its directory must exist.
  ///   - quarantining: where given, a damaged file, or one in which the last run came upon damage, is renamed to `PATH.damaged-TIME` and an empty
  ///     store is started; otherwise a damaged file is an error and stays as it is.
  ///   - patience: how long to wait for a lock that another process holds on the file.
  ///   - reserving: whether to keep room beside the file for what must be written when it cannot be.
  public static func open(
    _ path: String, quarantining now: Timestamp? = nil, patience: Duration = .seconds(5),
    reserving: Bool = false
  ) throws(StoreError) -> Store {
    try FileProbe.check(path)
    let lock = try ProcessLock(store: path)
    do throws(StoreError) {
      if let detail = DamageNote.read(store: path) {
        throw StoreError.damaged(file: path, detail: detail)
      }
      return try Store(
        file: path, lock: lock, quarantine: nil, patience: patience, reserving: reserving)
    } catch {
      guard case .damaged = error, let now else { throw error }
      let quarantine = try Quarantine.putAside(path, reason: error, at: now)
      return try Store(
        file: path, lock: lock, quarantine: quarantine, patience: patience, reserving: reserving)
    }
  }

  /// Opens an existing store to read it, also while another process writes it. What that process
  /// takes in after this call is seen late: when it seals it, every few minutes.
  public static func read(_ path: String, patience: Duration = .seconds(5))
    throws(StoreError) -> Store
  {
    guard FileManager.default.fileExists(atPath: path) else {
      throw .failed(file: path, detail: "there is no such file")
    }
    return try Store(reading: path, patience: patience)
  }

  /// A store that lives as long as the process, for tests and trials.
  public static func inMemory() throws(StoreError) -> Store {
    try Store(file: ":memory:", lock: nil, quarantine: nil, patience: .zero, reserving: false)
  }

  private init(
    file: String, lock: ProcessLock?, quarantine: Quarantine?, patience: Duration,
    reserving: Bool
  ) throws(StoreError) {
    self.file = file
    self.lock = lock
    self.quarantine = quarantine
    do {
      let configuration = Connection.configuration(patience: patience, readonly: false)
      if file == ":memory:" {
        database = try DatabaseQueue(configuration: configuration)
      } else {
        if FileManager.default.fileExists(atPath: file) {
          try Connection.inspect(file, patience: patience)
        }
        database = try DatabasePool(path: file, configuration: configuration)
        // A pool starts with NORMAL, which leaves it to the system when a commit reaches the disk.
        try database.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
      }
      try Connection.migrate(database, file: file)
      samples = try SampleStore(recovering: database, file: file)
      reserve = file == ":memory:" ? nil : Reserve(store: file, creating: reserving)
      if let reserve, reserve.isUsed { try Self.restore(reserve, database) }
    } catch {
      throw StoreError(error, file: file)
    }
  }

  private init(reading file: String, patience: Duration) throws(StoreError) {
    self.file = file
    lock = nil
    quarantine = nil
    reserve = nil
    do {
      let configuration = Connection.configuration(patience: patience, readonly: true)
      database = try DatabasePool(path: file, configuration: configuration)
      try database.read { try Connection.checkOwner($0, file: file) }
      samples = try SampleStore(recovering: database, file: file)
    } catch {
      throw StoreError(error, file: file)
    }
  }

  /// Why nothing is written any more until the store is opened again; nil while the handle can be
  /// trusted.
  public var failure: StoreError? { samples.failure }

  /// Notes damage that was come upon while reading what a start needs: the next one, with
  /// `quarantining`, puts the store aside.
  public func noteDamage(_ error: StoreError) {
    if case .damaged = error { samples.distrust(error) }
  }

  /// Seals what is not in chunks yet, empties the log, and closes. Nothing may be called
  /// afterwards. A store that is dropped without it loses nothing; it only recovers at next start.
  public func close() async throws(StoreError) {
    try await sealAll()
    do {
      if file != ":memory:" {
        try await database.writeWithoutTransaction { db in
          // A reader of another process may keep the log from being emptied; the next start does it.
          _ = try? db.checkpoint(.truncate)
        }
      }
      try database.close()
      lock?.release()
    } catch {
      throw StoreError(error, file: file)
    }
  }
}

extension Store {
  /// One read transaction; blocks.
  func read<Value>(_ body: (Database) throws -> Value) throws(StoreError) -> Value {
    do {
      return try database.read(body)
    } catch {
      throw StoreError(error, file: file)
    }
  }

  /// One read transaction.
  func read<Value: Sendable>(_ body: @escaping @Sendable (Database) throws -> Value)
    async throws(StoreError) -> Value
  {
    do {
      return try await database.read(body)
    } catch {
      throw StoreError(error, file: file)
    }
  }

  /// One write transaction, on the disk when it returns.
  func write<Value: Sendable>(_ body: @escaping @Sendable (Database) throws -> Value)
    async throws(StoreError) -> Value
  {
    if let failure = samples.failure { throw failure }
    do {
      return try await database.write(body)
    } catch {
      let named = StoreError(error, file: file)
      samples.distrust(named)
      throw named
    }
  }
}
