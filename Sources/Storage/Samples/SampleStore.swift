import Domain
import Foundation
import GRDB
import Synchronization

/// Takes samples in: validates, makes them durable in groups, and seals them into chunks.
///
/// Path of a sample: `append` queues its batch → the writer takes every queued batch at once → each
/// sample is placed in the head, or refused → what was taken becomes one blob in `batches` → commit
/// and fsync → the callers return → later the head's points move into chunks and the batch is
/// deleted. A reader copies the head first and reads the chunks second, so that a sample on its way
/// is seen at least once.
final class SampleStore: Sendable {
  let file: String
  let database: any DatabaseWriter
  let head: Mutex<Head>
  let queue = Mutex(Queue())
  /// Touched by the writer only.
  let sealing: Mutex<Sealing>
  /// Touched by the writer only.
  private let log = Mutex(LogBound())

  /// Batches that wait for the writer.
  struct Queue: Sendable {
    var requests: [Request] = []
    /// Samples of `requests`.
    var waiting = 0
    var isDraining = false
    /// Set when the handle can no longer be trusted.
    var failure: StoreError?
  }

  struct Request: Sendable {
    var samples: [Sample]
    var now: Timestamp
    var reply: CheckedContinuation<Result<[SampleRefusal?], StoreError>, Never>
  }

  /// Samples that may wait for the disk (32 MB): beyond it a sender is told to come again, before
  /// anything is acknowledged.
  static let mostWaiting = 500_000

  init(recovering database: any DatabaseWriter, file: String) throws {
    self.file = file
    self.database = database
    let recovered = try database.read { try Recovery(from: $0, file: file) }
    head = Mutex(recovered.head)
    sealing = Mutex(recovered.sealing)
  }

  /// Queues a batch; the reply comes when its transaction is on the disk.
  func append(_ samples: [Sample], now: Timestamp) async throws(StoreError) -> [SampleRefusal?] {
    guard samples.count <= BatchCodec.mostSamples else {
      throw .refused("\(samples.count) samples at once are more than \(BatchCodec.mostSamples)")
    }
    let result = await withCheckedContinuation { reply in
      let request = Request(samples: samples, now: now, reply: reply)
      let (starts, failure) = queue.withLock { queue -> (Bool, StoreError?) in
        if let failure = queue.failure { return (false, failure) }
        guard queue.waiting == 0 || queue.waiting + samples.count <= Self.mostWaiting else {
          return (false, .overloaded(file: file))
        }
        queue.requests.append(request)
        queue.waiting += samples.count
        defer { queue.isDraining = true }
        return (!queue.isDraining, nil)
      }
      if let failure { reply.resume(returning: .failure(failure)) }
      if starts { database.asyncWriteWithoutTransaction { self.drain($0) } }
    }
    return try result.get()
  }

  /// Takes everything that is queued in one transaction. Runs on the writer, which other writers
  /// may use between two rounds.
  private func drain(_ db: Database) {
    let requests = queue.withLock { queue in
      defer {
        queue.requests = []
        queue.waiting = 0
      }
      return queue.requests
    }
    var taken = 0
    if isLogFull(db) {
      let refusal = StoreError.overloaded(file: file)
      for request in requests { request.reply.resume(returning: .failure(refusal)) }
      continueDraining()
      return
    }
    do {
      let results = try commit(requests, db, taken: &taken)
      for (request, result) in zip(requests, results) {
        request.reply.resume(returning: .success(result))
      }
    } catch {
      fail(requests, with: StoreError(error, file: file), db)
    }
    // The samples are safe in their batches: a seal that fails is reported by the next write.
    do {
      try sealStep(db, afterTaking: taken)
    } catch {
      recover(from: StoreError(error, file: file), db)
    }
    _ = log.withLock { $0.keep(db, file: file) }
    continueDraining()
  }

  /// Whether a reader keeps the log so long that only what is small is written. Runs on the writer.
  func isLogFull(_ db: Database) -> Bool { log.withLock { $0.isFull(db, file: file) } }

  private func continueDraining() {
    let more = queue.withLock { queue in
      queue.isDraining = !queue.requests.isEmpty
      return queue.isDraining
    }
    if more { database.asyncWriteWithoutTransaction { self.drain($0) } }
  }

  private func commit(_ requests: [Request], _ db: Database, taken: inout Int) throws
    -> [[SampleRefusal?]]
  {
    var placement = Placement(capacity: requests.reduce(0) { $0 + $1.samples.count })
    let results = try head.withLock { head in
      try requests.map { try placement.place($0.samples, now: $0.now, in: &head, db) }
    }
    taken = placement.batch.count
    guard taken > 0 else { return results }
    let blob = BatchCodec.encode(placement.batch, unit: placement.unit)
    try db.inTransaction(.immediate) {
      for state in placement.created { try SeriesTable.insert(state, db) }
      try db.cachedStatement(sql: "INSERT INTO batches (bytes) VALUES (?)")
        .execute(arguments: [Data(blob)])
      return .commit
    }
    let newest = placement.batch.times.max() ?? 0
    sealing.withLock {
      $0.note(batch: db.lastInsertedRowID, newest: newest, points: taken, bytes: blob.count)
    }
    return results
  }

  /// Why nothing is written any more; nil while the handle can be trusted.
  var failure: StoreError? { queue.withLock { $0.failure } }

  /// After an error that says so, nothing more is written until the store is opened again.
  func distrust(_ error: StoreError) {
    if error.isFatal { giveUp(error) }
  }

  private func giveUp(_ error: StoreError) {
    queue.withLock { $0.failure = error }
    if case .damaged(_, let detail) = error { DamageNote.write(detail, store: file) }
  }

  /// Nothing of these batches is on the disk.
  private func fail(_ requests: [Request], with error: StoreError, _ db: Database) {
    recover(from: error, db)
    for request in requests { request.reply.resume(returning: .failure(error)) }
  }

  /// Runs work that changes the head and the disk; if it fails, the head goes back to what is on
  /// the disk.
  func recoveringOnError<Value>(_ db: Database, _ work: () throws -> Value) throws -> Value {
    do {
      return try work()
    } catch {
      recover(from: StoreError(error, file: file), db)
      throw error
    }
  }

  /// Makes the head what is on the disk. If that cannot be read, or the error says that the handle
  /// can no longer be trusted, nothing more is taken until the store is opened again.
  private func recover(from error: StoreError, _ db: Database) {
    var failure = error.isFatal ? error : nil
    do {
      let recovered = try Recovery(from: db, file: file)
      head.withLock { $0 = recovered.head }
      sealing.withLock { $0 = recovered.sealing }
    } catch {
      failure = StoreError(error, file: file)
    }
    if let failure { giveUp(failure) }
  }
}
