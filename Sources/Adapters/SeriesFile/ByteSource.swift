import Foundation

/// The bytes of a file, of standard input (`-`) or of a gzip file (`*.gz`, through `gzip -dc`), read
/// front to back in chunks.
final class ByteSource {
  private let path: String
  private let handle: FileHandle
  private let decompressor: Process?
  private let complaints: Pipe?

  init(path: String) throws(SeriesFileError) {
    self.path = path
    guard path != "-" else {
      handle = .standardInput
      decompressor = nil
      complaints = nil
      return
    }
    var isDirectory: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else {
      throw SeriesFileError(file: path, reason: .unreadable("no such file"))
    }
    guard !isDirectory.boolValue else {
      throw SeriesFileError(file: path, reason: .unreadable("it is a directory"))
    }
    guard path.hasSuffix(".gz") else {
      guard let opened = FileHandle(forReadingAtPath: path) else {
        throw SeriesFileError(file: path, reason: .unreadable("permission denied"))
      }
      handle = opened
      decompressor = nil
      complaints = nil
      return
    }
    let process = Process()
    let output = Pipe()
    let errors = Pipe()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["gzip", "-dc", "--", path]
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = output
    process.standardError = errors
    do {
      try process.run()
    } catch {
      throw SeriesFileError(file: path, reason: .notDecompressed("gzip does not start"))
    }
    handle = output.fileHandleForReading
    decompressor = process
    complaints = errors
  }

  /// The next bytes, up to `count`; empty at the end.
  func read(_ count: Int) throws(SeriesFileError) -> [UInt8] {
    do {
      if let data = try handle.read(upToCount: count), !data.isEmpty { return [UInt8](data) }
    } catch {
      throw SeriesFileError(file: path, reason: .unreadable("\(error.localizedDescription)"))
    }
    try finish()
    return []
  }

  private func finish() throws(SeriesFileError) {
    guard let decompressor else { return }
    decompressor.waitUntilExit()
    guard decompressor.terminationStatus != 0 else { return }
    let said = complaints?.fileHandleForReading.availableData ?? Data()
    let text = String(decoding: said, as: UTF8.self)
      .trimmingCharacters(in: .whitespacesAndNewlines)
    throw SeriesFileError(
      file: path, reason: .notDecompressed(text.isEmpty ? "gzip failed" : text))
  }

  deinit {
    // A file that is refused half-way leaves gzip blocked on a full pipe.
    if let decompressor, decompressor.isRunning { decompressor.terminate() }
  }
}
