/// Reads back what `StateWriter` wrote. Bytes from outside are not trusted: every read checks the
/// bytes that remain, and a count is checked against them before anything is allocated.
///
/// After a thrown error the reader's position is where the failing read began.
public struct StateReader: Sendable {
  private let bytes: [UInt8]
  /// Index of the next byte to be read.
  public private(set) var position = 0

  public init(_ bytes: [UInt8]) {
    self.bytes = bytes
  }

  /// Bytes not yet read.
  public var remaining: Int { bytes.count - position }

  /// Checks the kind's tag and returns the layout's version, which must be in `versions`.
  @discardableResult
  public mutating func read(
    tag: UInt8, versions: ClosedRange<UInt8>
  ) throws(StateError) -> UInt8 {
    guard remaining >= 2 else { throw .truncated(at: position) }
    guard bytes[position] == tag else {
      throw .unexpectedByte(bytes[position], at: position)
    }
    let version = bytes[position + 1]
    guard versions.contains(version) else {
      throw .unexpectedByte(version, at: position + 1)
    }
    position += 2
    return version
  }

  public mutating func readByte() throws(StateError) -> UInt8 {
    guard remaining >= 1 else { throw .truncated(at: position) }
    position += 1
    return bytes[position - 1]
  }

  public mutating func readBool() throws(StateError) -> Bool {
    guard remaining >= 1 else { throw .truncated(at: position) }
    let byte = bytes[position]
    guard byte <= 1 else { throw .unexpectedByte(byte, at: position) }
    position += 1
    return byte == 1
  }

  public mutating func readInt() throws(StateError) -> Int {
    Int(Int64(bitPattern: try word()))
  }

  public mutating func readDouble() throws(StateError) -> Double {
    Double(bitPattern: try word())
  }

  public mutating func readDoubles() throws(StateError) -> [Double] {
    let count = try readCount(elementSize: 8)
    var values: [Double] = []
    values.reserveCapacity(count)
    for _ in 0..<count { values.append(Double(bitPattern: try word())) }
    return values
  }

  public mutating func readBytes() throws(StateError) -> [UInt8] {
    let count = try readCount(elementSize: 1)
    position += count
    return Array(bytes[(position - count)..<position])
  }

  public mutating func readText() throws(StateError) -> String {
    let start = position
    let utf8 = try readBytes()
    guard let text = String(validating: utf8, as: UTF8.self) else {
      position = start
      throw .invalidText(at: start)
    }
    return text
  }

  /// A count of elements of at least `elementSize` bytes each, possible with the bytes that follow.
  public mutating func readCount(elementSize: Int) throws(StateError) -> Int {
    let start = position
    let count = try readInt()
    guard count >= 0, count <= remaining / max(1, elementSize) else {
      position = start
      throw .impossibleCount(count, at: start)
    }
    return count
  }

  private mutating func word() throws(StateError) -> UInt64 {
    guard remaining >= 8 else { throw .truncated(at: position) }
    var word: UInt64 = 0
    for offset in 0..<8 {
      word |= UInt64(bytes[position + offset]) << UInt64(8 * offset)
    }
    position += 8
    return word
  }
}
