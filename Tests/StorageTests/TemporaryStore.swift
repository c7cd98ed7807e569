import Domain
import Foundation
import GRDB
import Synchronization
import Testing

@testable import Storage

/// A directory that goes with the value.
final class TemporaryDirectory: Sendable {
  let path: String
  private let generation = Mutex(0)

  /// - Parameter name: how its own name begins.
  init(named name: String = "store") throws {
    let url = FileManager.default.temporaryDirectory.appendingPathComponent(
      "\(name)-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    path = url.path
  }

  var store: String { generation.withLock { "\(path)/scaler-\($0).sqlite" } }

  /// Copies the store with its log, as a process that dies now leaves them, and makes the copy the
  /// store.
  func copyForCrash() throws {
    let old = store
    generation.withLock { $0 += 1 }
    for suffix in ["", "-wal"] where FileManager.default.fileExists(atPath: old + suffix) {
      try FileManager.default.copyItem(atPath: old + suffix, toPath: store + suffix)
    }
  }

  /// Makes the store one of before the latest upgrade, with `value` under `key`, and what else is
  /// written.
  func makeOldStore(
    _ write: @escaping @Sendable (Database) throws -> Void = { _ in }
  ) async throws {
    let old = try DatabaseQueue(path: store)
    try Schema.migrator.migrate(old, upTo: "003-decisions")
    try await old.write { db in
      try db.execute(
        sql: """
          PRAGMA application_id = \(Schema.applicationID);
          INSERT INTO meta VALUES ('key', 'value')
          """)
      try write(db)
    }
    try old.close()
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }
}

/// SplitMix64 (Steele, Lea and Flood 2014): the same numbers for the same seed everywhere.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    return mixed ^ mixed >> 31
  }
}

func service(_ name: String) throws -> ServiceID { try #require(ServiceID(name)) }

/// Monday 2026-11-23T00:00:00Z.
let monday = Timestamp(seconds: 1_795_392_000)

func sample(
  _ name: String, _ second: Int64, _ value: Double, _ metric: Sample.Metric = .rate
) throws -> Sample {
  Sample(
    service: try service(name), metric: metric, time: monday + .seconds(second), value: value)
}
