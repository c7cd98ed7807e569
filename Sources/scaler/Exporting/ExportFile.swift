import Foundation

/// Where the bytes of a table go: standard output, or a file that appears whole or not at all.
final class ExportFile {
  private let path: String?
  private let handle: FileHandle

  /// - Parameter path: Nil writes to standard output.
  init(_ path: String?) throws {
    self.path = path
    guard let path else {
      handle = .standardOutput
      return
    }
    guard FileManager.default.createFile(atPath: Self.partial(path), contents: nil),
      let handle = FileHandle(forWritingAtPath: Self.partial(path))
    else {
      throw CommandFailure(
        status: .failure, message: "\(path) cannot be written: check its directory and rights")
    }
    self.handle = handle
  }

  func write(_ bytes: [UInt8]) throws {
    guard !bytes.isEmpty else { return }
    do {
      try handle.write(contentsOf: bytes)
    } catch {
      throw CommandFailure(
        status: .failure,
        message: "\(path ?? "standard output") cannot take the table: \(error.localizedDescription)"
      )
    }
  }

  /// The file is complete and takes its name; its metadata lies beside it.
  func finish(metadata: String) throws {
    guard let path else { return }
    do {
      try handle.close()
      guard rename(Self.partial(path), path) == 0 else {
        throw CocoaError(.fileWriteUnknown)
      }
      try Data((metadata + "\n").utf8).write(to: URL(fileURLWithPath: Self.metadata(path)))
    } catch {
      throw CommandFailure(
        status: .failure, message: "\(path) cannot be written: \(error.localizedDescription)")
    }
  }

  /// Nothing is left of a table that is not complete.
  func abandon() {
    guard let path else { return }
    try? handle.close()
    try? FileManager.default.removeItem(atPath: Self.partial(path))
  }

  private static func partial(_ path: String) -> String { path + ".part" }

  /// `forecast.csv` → `forecast.metadata.json`.
  static func metadata(_ path: String) -> String {
    let name = (path as NSString).lastPathComponent
    let stem = name.contains(".") ? (path as NSString).deletingPathExtension : path
    return stem + ".metadata.json"
  }
}
