import Domain

/// Samples as lines of JSON (NDJSON), read as they arrive: memory is bounded by a line, not by the
/// body.
struct SampleLines {
  /// What the lines so far say, to be taken by the caller; indices count lines from zero.
  private(set) var samples: [(index: Int, sample: Sample)] = []
  private(set) var rejected: [SampleDocument.Rejection] = []
  private var line: [UInt8] = []
  /// The rest of a line that is too long already.
  private var isSkipping = false
  private var index = 0

  /// Bytes; a sample takes about a hundred.
  static let lineLimit = 4096

  mutating func consume(_ bytes: some Collection<UInt8>) {
    var rest = bytes[...]
    while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
      extend(rest[..<end])
      endLine()
      rest = rest[rest.index(after: end)...]
    }
    extend(rest)
  }

  /// The last line needs no end.
  mutating func finish() { endLine() }

  /// Hands over what was read since the last time.
  mutating func take() -> SampleDocument {
    defer {
      samples = []
      rejected = []
    }
    return SampleDocument(samples: samples, rejected: rejected)
  }

  private mutating func extend(_ bytes: some Collection<UInt8>) {
    if line.count + bytes.count > Self.lineLimit { isSkipping = true }
    if isSkipping { line.removeAll(keepingCapacity: true) } else { line.append(contentsOf: bytes) }
  }

  private mutating func endLine() {
    defer {
      line.removeAll(keepingCapacity: true)
      isSkipping = false
    }
    guard !isSkipping else { return reject("line_too_long") }
    // Blank lines are no samples.
    guard line.contains(where: { $0 != 0x20 && $0 != 0x09 && $0 != 0x0D }) else { return }
    var reader = JSONReader(line)
    var fields = SampleFields()
    do {
      guard try reader.peek() == .object else { return reject("not_an_object") }
      try reader.object { name, reader in try fields.read(name, &reader) }
      try reader.end()
    } catch {
      return reject("bad_json")
    }
    switch fields.sample {
    case .success(let sample): samples.append((index, sample))
    case .failure(let refusal): rejected.append(.init(index: index, reason: refusal.reason))
    }
    index += 1
  }

  private mutating func reject(_ reason: String) {
    rejected.append(.init(index: index, reason: reason))
    index += 1
  }
}
