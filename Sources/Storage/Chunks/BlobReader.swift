/// A blob does not hold what its format says: the file is damaged.
struct DamagedBlob: Error, Equatable, CustomStringConvertible {
  var reason: String

  init(_ reason: String) { self.reason = reason }

  var description: String { reason }
}

/// Reads what `BlobWriter` wrote. Every length is checked before it is used: the bytes come from a
/// disk.
struct BlobReader {
  private let bytes: UnsafeRawBufferPointer
  private(set) var offset = 0
  /// Where the checksum starts.
  private let end: Int

  /// Checks the checksum first; the pointer must outlive the reader.
  init(_ bytes: UnsafeRawBufferPointer) throws(DamagedBlob) {
    guard bytes.count >= 4 else { throw DamagedBlob("\(bytes.count) bytes") }
    end = bytes.count - 4
    self.bytes = bytes
    let stored = UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: end, as: UInt32.self))
    guard Checksum.of(UnsafeRawBufferPointer(rebasing: bytes[..<end])) == stored else {
      throw DamagedBlob("checksum of \(bytes.count) bytes")
    }
  }

  var isAtEnd: Bool { offset == end }

  mutating func byte() throws(DamagedBlob) -> UInt8 { try integer(UInt8.self) }

  mutating func integer<Value: FixedWidthInteger>(_ type: Value.Type) throws(DamagedBlob) -> Value {
    let size = MemoryLayout<Value>.size
    guard end - offset >= size else { throw DamagedBlob("ends at \(offset)") }
    let value = bytes.loadUnaligned(fromByteOffset: offset, as: Value.self)
    offset += size
    return Value(bigEndian: value)
  }

  mutating func double() throws(DamagedBlob) -> Double {
    Double(bitPattern: try integer(UInt64.self))
  }

  /// The next `count` unsigned integers of `width` bytes; zeros for a width of zero.
  mutating func packed(count: Int, width: Int) throws(DamagedBlob) -> [UInt64] {
    guard width > 0 else { return [UInt64](repeating: 0, count: count) }
    guard width <= 8, (end - offset) / width >= count else {
      throw DamagedBlob("\(count) × \(width) bytes at \(offset) of \(end)")
    }
    let start = offset
    offset += count * width
    return [UInt64](unsafeUninitializedCapacity: count) { result, filled in
      switch width {
      case 1:
        for index in 0..<count {
          result.initializeElement(at: index, to: UInt64(bytes[start + index]))
        }
      case 2:
        for index in 0..<count {
          let raw = bytes.loadUnaligned(fromByteOffset: start + 2 * index, as: UInt16.self)
          result.initializeElement(at: index, to: UInt64(UInt16(bigEndian: raw)))
        }
      case 8:
        for index in 0..<count {
          let raw = bytes.loadUnaligned(fromByteOffset: start + 8 * index, as: UInt64.self)
          result.initializeElement(at: index, to: UInt64(bigEndian: raw))
        }
      default:
        var position = start
        for index in 0..<count {
          var value: UInt64 = 0
          for _ in 0..<width {
            value = value << 8 | UInt64(bytes[position])
            position += 1
          }
          result.initializeElement(at: index, to: value)
        }
      }
      filled = count
    }
  }
}
