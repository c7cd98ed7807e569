import Foundation

/// A CSV that is written row by row, so that a year of steps needs no memory.
final class RowFile {
  private let path: String
  private let handle: FileHandle
  private var buffer: [UInt8] = []
  private var failure: (any Error)?

  init(_ path: String, _ header: String) throws {
    self.path = path
    guard FileManager.default.createFile(atPath: path, contents: nil),
      let handle = FileHandle(forWritingAtPath: path)
    else {
      throw CommandFailure(status: .failure, message: "\(path) cannot be written")
    }
    self.handle = handle
    add(header)
  }

  func add(_ row: String) {
    buffer.append(contentsOf: row.utf8)
    buffer.append(UInt8(ascii: "\n"))
    if buffer.count > 1 << 16 { flush() }
  }

  /// - Throws: If any of the rows could not be written.
  func close() throws {
    flush()
    try? handle.close()
    if let failure {
      throw CommandFailure(
        status: .failure, message: "\(path) is not complete: \(failure.localizedDescription)")
    }
  }

  private func flush() {
    guard failure == nil else { return }
    do {
      try handle.write(contentsOf: buffer)
    } catch {
      failure = error
    }
    buffer.removeAll(keepingCapacity: true)
  }
}
