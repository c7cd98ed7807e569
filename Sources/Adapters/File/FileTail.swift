import Foundation

/// Follows a growing file line by line.
struct FileTail {
  struct News {
    /// Complete lines with their ends; of a file seen for the first time the header and the last of
    /// the others.
    var lines: [[UInt8]] = []
    /// The file was not there before, was replaced, or is shorter than it was.
    var isNew = false
    var problem: String?
  }

  private let path: String
  private var identity: UInt64?
  private var offset: UInt64 = 0
  private var partialLine: [UInt8] = []

  /// How much of a long file is read when it is first met; the rest is history.
  private static let firstRead: UInt64 = 1 << 20
  private static let mostPerRead = 16 << 20

  init(path: String) { self.path = path }

  mutating func read() -> News {
    guard let attributes = try? FileManager.default.attributesOfItem(atPath: path),
      let handle = FileHandle(forReadingAtPath: path)
    else {
      identity = nil
      return News(problem: "\(path) cannot be read")
    }
    defer { try? handle.close() }
    let number = (attributes[.systemFileNumber] as? NSNumber)?.uint64Value ?? 0
    let size = (attributes[.size] as? NSNumber)?.uint64Value ?? 0
    var news = News()
    do {
      if identity != number || size < offset {
        identity = number
        news.isNew = true
        partialLine = []
        offset = 0
        try skipHistory(handle, size: size, &news)
      }
      try handle.seek(toOffset: offset)
      let bytes = [UInt8](try handle.read(upToCount: Self.mostPerRead) ?? Data())
      offset += UInt64(bytes.count)
      split(bytes, &news)
    } catch {
      news.problem = "\(path) cannot be read"
    }
    return news
  }

  /// Reads the header and moves to a line near the end.
  private mutating func skipHistory(
    _ handle: FileHandle, size: UInt64, _ news: inout News
  ) throws {
    guard size > Self.firstRead * 2 else { return }
    let head = [UInt8](try handle.read(upToCount: 1 << 16) ?? Data())
    guard let end = head.firstIndex(of: UInt8(ascii: "\n")) else { return }
    news.lines.append(Array(head[...end]))
    try handle.seek(toOffset: size - Self.firstRead)
    let near = [UInt8](try handle.read(upToCount: 1 << 16) ?? Data())
    let skipped = near.firstIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
    offset = size - Self.firstRead + UInt64(skipped)
  }

  private mutating func split(_ bytes: [UInt8], _ news: inout News) {
    var start = 0
    for (index, byte) in bytes.enumerated() where byte == UInt8(ascii: "\n") {
      news.lines.append(partialLine + bytes[start...index])
      partialLine = []
      start = index + 1
    }
    partialLine += bytes[start...]
  }
}
