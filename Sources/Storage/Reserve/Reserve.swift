import Domain
import Foundation
import Synchronization

/// A file of a fixed size beside the store, written once when there is room: what is appended to it
/// later needs no more of the disk, and no lock of SQLite's. It takes the journal and the decisions
/// while the store cannot, so that commands are still on the disk before they leave.
///
/// Records lie one after the other, each with its length before it; a length of zero ends them.
final class Reserve: Sendable {
  static let suffix = ".reserve"
  /// Bytes.
  static let size = 4 << 20

  private struct State {
    var descriptor: Int32
    /// Where the next record goes.
    var end = 0
    /// Up to here the records are in the store.
    var restored = 0
    /// The number of the next journal entry; nil while nothing waits.
    var nextSequence: Int64?
  }

  private let file: String
  private let state: Mutex<State>
  /// Writes wait for the disk here, not on Swift's threads.
  private let queue = DispatchQueue(label: "scaler.reserve")

  /// Nil where there is no room for one, and where there is none if none is to be created.
  init?(store file: String, creating: Bool) {
    self.file = file
    let mode = O_RDWR | O_CLOEXEC | (creating ? O_CREAT : 0)
    let descriptor = open(file + Self.suffix, mode, 0o644)
    guard descriptor >= 0 else { return nil }
    guard Self.fill(descriptor) else {
      close(descriptor)
      return nil
    }
    state = Mutex(State(descriptor: descriptor))
    state.withLock { state in
      for (record, end) in Self.records(descriptor, from: 0) {
        state.end = end
        if case .events(let first, let entries) = record {
          state.nextSequence = first + Int64(entries.count)
        }
      }
    }
  }

  deinit { state.withLock { _ = close($0.descriptor) } }

  /// Whether something in it is not in the store yet.
  var isUsed: Bool { state.withLock { $0.end > 0 } }

  /// The share that is used, 0 to 1.
  var share: Double { state.withLock { Double($0.end) / Double(Self.size) } }

  /// Appends events; on the disk when it returns.
  ///
  /// - Parameter last: the number of the newest entry in the store.
  /// - Returns: the number of the first.
  func append(_ entries: [JournalEntry], after last: Int64) async throws(StoreError) -> Int64 {
    let first = state.withLock { $0.nextSequence ?? last + 1 }
    try await append(.events(first: first, entries))
    return first
  }

  /// Appends a record; on the disk when it returns.
  func append(_ record: Record) async throws(StoreError) {
    let result = await withCheckedContinuation { continuation in
      queue.async { continuation.resume(returning: self.write(record)) }
    }
    try result.get()
  }

  private func write(_ record: Record) -> Result<Void, StoreError> {
    let bytes: [UInt8]
    do {
      bytes = try record.encoded
    } catch {
      return .failure(.failed(file: file + Self.suffix, detail: "\(error)"))
    }
    return state.withLock { state in
      guard state.end + bytes.count + 8 <= Self.size else {
        return .failure(.full(file: file + Self.suffix))
      }
      var writer = BlobWriter(capacity: bytes.count + 8)
      writer.integer(UInt32(bytes.count))
      let whole = writer.bytes + bytes + [0, 0, 0, 0]
      guard Self.write(whole, to: state.descriptor, at: state.end) else {
        return .failure(
          .failed(file: file + Self.suffix, detail: String(cString: strerror(errno))))
      }
      state.end += bytes.count + 4
      if case .events(let first, let entries) = record {
        state.nextSequence = first + Int64(entries.count)
      }
      return .success(())
    }
  }

  /// The records that are not in the store yet, and where they end.
  func waiting() -> (records: [Record], end: Int) {
    state.withLock { state in
      let records = Self.records(state.descriptor, from: state.restored)
      return (records.map(\.record), records.last?.end ?? state.end)
    }
  }

  /// Forgets the records before `end`, which are in the store now.
  ///
  /// - Returns: false if more have come meanwhile.
  func forget(until end: Int) -> Bool {
    state.withLock { state in
      state.restored = end
      guard state.end == end else { return false }
      // If this is not written, the next start meets them once more and changes nothing.
      _ = Self.write([0, 0, 0, 0], to: state.descriptor, at: 0)
      (state.end, state.restored, state.nextSequence) = (0, 0, nil)
      return true
    }
  }

  private static func records(
    _ descriptor: Int32, from start: Int
  ) -> [(record: Record, end: Int)] {
    var bytes = [UInt8](repeating: 0, count: size)
    let length = max(0, pread(descriptor, &bytes, bytes.count, 0))
    var records: [(record: Record, end: Int)] = []
    var offset = start
    while offset + 4 <= length {
      let count = bytes[offset..<offset + 4].reduce(0) { $0 << 8 | Int($1) }
      // What was cut short was never said yes to.
      guard count > 0, offset + 4 + count <= length,
        let record = Record(encoded: Array(bytes[offset + 4..<offset + 4 + count]))
      else { break }
      offset += 4 + count
      records.append((record, offset))
    }
    return records
  }

  /// Zeros where there is nothing yet.
  private static func fill(_ descriptor: Int32) -> Bool {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { return false }
    let length = Int(status.st_size)
    guard length < size else { return true }
    if write(Array(repeating: 0, count: size - length), to: descriptor, at: length) { return true }
    // A disk as full as that needs every byte.
    _ = ftruncate(descriptor, off_t(length))
    return false
  }

  private static func write(_ bytes: [UInt8], to descriptor: Int32, at offset: Int) -> Bool {
    pwrite(descriptor, bytes, bytes.count, off_t(offset)) == bytes.count
      && fdatasync(descriptor) == 0
  }
}
