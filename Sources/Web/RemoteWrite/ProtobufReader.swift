/// Reads the wire format of Protocol Buffers forward within a range of bytes, without copying.
/// Reference: *Protocol Buffers: Encoding*, protobuf.dev.
struct ProtobufReader {
  enum Wire: UInt64 {
    case varint = 0
    case fixed64 = 1
    case bytes = 2
    case fixed32 = 5
  }

  let bytes: UnsafeRawBufferPointer
  private(set) var offset: Int
  private let end: Int

  /// - Parameter range: within `bytes`, which must outlive the reader.
  init(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) {
    self.bytes = bytes
    offset = range.lowerBound
    end = range.upperBound
  }

  var isAtEnd: Bool { offset >= end }

  /// The number and the kind of the next field. Groups, which no message here has, are refused.
  mutating func field() throws(RemoteWriteDefect) -> (number: UInt64, wire: Wire) {
    let start = offset
    let key = try varint()
    guard let wire = Wire(rawValue: key & 7), key >> 3 > 0, key >> 3 < 1 << 29 else {
      throw RemoteWriteDefect("a field of unknown kind", at: start)
    }
    return (key >> 3, wire)
  }

  mutating func varint() throws(RemoteWriteDefect) -> UInt64 {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while offset < end, shift < 64 {
      let byte = bytes[offset]
      offset += 1
      value |= UInt64(byte & 0x7F) << shift
      if byte & 0x80 == 0 { return value }
      shift += 7
    }
    throw RemoteWriteDefect("a number has no end", at: offset)
  }

  mutating func fixed64() throws(RemoteWriteDefect) -> UInt64 {
    guard end - offset >= 8 else { throw RemoteWriteDefect("the message ends early", at: offset) }
    let value = bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
    offset += 8
    return UInt64(littleEndian: value)
  }

  /// Where the next length-delimited value lies.
  mutating func range() throws(RemoteWriteDefect) -> Range<Int> {
    let start = offset
    let length = try varint()
    guard length <= UInt64(end - offset) else {
      throw RemoteWriteDefect("\(length) bytes are announced, more than are left", at: start)
    }
    let range = offset..<offset + Int(length)
    offset = range.upperBound
    return range
  }

  mutating func skip(_ wire: Wire) throws(RemoteWriteDefect) {
    switch wire {
    case .varint: _ = try varint()
    case .fixed64: _ = try fixed64()
    case .bytes: _ = try range()
    case .fixed32:
      guard end - offset >= 4 else { throw RemoteWriteDefect("the message ends early", at: offset) }
      offset += 4
    }
  }
}
