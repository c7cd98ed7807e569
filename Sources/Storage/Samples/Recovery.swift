import Domain
import Foundation
import GRDB

/// Rebuilds from what is on the disk the head, and what of it has to be sealed.
struct Recovery {
  var head = Head()
  var sealing = Sealing()

  init(from db: Database, file: String) throws {
    let rows = try Row.fetchCursor(
      db,
      sql: """
        SELECT id, service, metric, resolution, oldest, newest, newest_value,
          (SELECT last_window FROM spans WHERE series = id AND tier = 0),
          EXISTS (SELECT 1 FROM spans WHERE series = id)
        FROM series ORDER BY id
        """)
    while let row = try rows.next() {
      guard let service = ServiceID(row[1] as String),
        let metric = Sample.Metric(rawValue: row[2])
      else {
        throw StoreError.damaged(file: file, detail: "series \(row[0] as Int64) has no name")
      }
      var state = SeriesState(id: row[0], service: service, metric: metric)
      state.resolution = row[3]
      state.oldest = row[4] ?? .max
      state.newest = row[5] ?? .min
      state.newestValue = row[6] ?? 0
      state.lastRawWindow = row[7] ?? .min
      state.hasChunks = row[8]
      head.nextID = max(head.nextID, state.id + 1)
      _ = head.add(state)
    }
    let batches = try Row.fetchCursor(db, sql: "SELECT id, bytes FROM batches ORDER BY id")
    while let row = try batches.next() {
      let id: Int64 = row[0]
      let (batch, bytes) = try row.withUnsafeData(atIndex: 1) {
        (try Self.decoded($0, id, file: file), $0?.count ?? 0)
      }
      try Self.replay(batch, into: &head, file: file)
      sealing.note(
        batch: id, newest: batch.times.max() ?? 0, points: batch.count, bytes: bytes)
    }
  }

  private static func decoded(_ data: Data?, _ id: Int64, file: String) throws(StoreError)
    -> Batch
  {
    do {
      return try (data ?? Data()).withUnsafeBytes { try BatchCodec.decode($0) }
    } catch {
      throw .damaged(file: file, detail: "batch \(id): \(error)")
    }
  }

  /// Points that were sealed before a crash but whose batch was not deleted yet come in again;
  /// the next seal finds them in their chunk.
  private static func replay(_ batch: Batch, into head: inout Head, file: String) throws {
    // Mostly the series come in the order in which they were created.
    var next = 0
    for index in batch.series.indices {
      let isNext = next < head.series.count && head.series[next].id == batch.series[index]
      guard let position = isNext ? next : head.position(ofID: batch.series[index]) else {
        throw StoreError.damaged(
          file: file, detail: "a batch names series \(batch.series[index])")
      }
      next = position + 1
      let point = Point(time: batch.times[index], value: batch.values[index])
      if head.series[position].insert(point) { head.pointCount += 1 }
    }
  }
}
