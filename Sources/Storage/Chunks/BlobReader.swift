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

  /// The next `count` doubles.
  mutating func doubles(count: Int) throws(DamagedBlob) -> [Double] {
    guard (end - offset) / 8 >= count else { throw DamagedBlob("\(count) doubles at \(offset)") }
    let start = offset
    offset += count * 8
    return [Double](unsafeUninitializedCapacity: count) { result, filled in
      for index in 0..<count {
        let raw = bytes.loadUnaligned(fromByteOffset: start + 8 * index, as: UInt64.self)
        result.initializeElement(at: index, to: Double(bitPattern: UInt64(bigEndian: raw)))
      }
      filled = count
    }
  }

  /// The blocks of an `IntegerColumn`: `count` offsets, after `lead` zeros.
  mutating func blocks(count: Int, leastBytes: Int, startingAt lead: Int)
    throws(DamagedBlob) -> [Int64]
  {
    let blocks = (count + IntegerColumn.block - 1) / IntegerColumn.block
    guard count > 0, leastBytes <= 8, end - offset >= blocks * (1 + leastBytes) else {
      throw DamagedBlob("\(count) offsets at \(offset) of \(end)")
    }
    let widths = offset
    let leasts = widths + blocks
    var position = leasts + blocks * leastBytes
    var bits = position
    for number in 0..<blocks {
      let values = min(IntegerColumn.block, count - number * IntegerColumn.block)
      let width = Int(bytes[widths + number])
      guard width <= 56 || width == 64 else { throw DamagedBlob("\(width) bits") }
      bits += (values * width + 7) / 8
    }
    guard bits <= end else { throw DamagedBlob("\(count) offsets end at \(bits) of \(end)") }
    offset = bits
    let bytes = bytes
    return [Int64](unsafeUninitializedCapacity: count + lead) { result, filled in
      for index in 0..<lead { result.initializeElement(at: index, to: 0) }
      filled = lead
      for number in 0..<blocks {
        let values = min(IntegerColumn.block, count - number * IntegerColumn.block)
        let width = Int(bytes[widths + number])
        var least: UInt64 = 0
        for byte in 0..<leastBytes {
          least = least << 8 | UInt64(bytes[leasts + number * leastBytes + byte])
        }
        Self.unpack(values, width, at: position, of: bytes) { value in
          result.initializeElement(at: filled, to: Int64(bitPattern: least &+ value))
          filled += 1
        }
        position += (values * width + 7) / 8
      }
    }
  }

  @inline(__always)
  private static func unpack(
    _ count: Int, _ width: Int, at start: Int, of bytes: UnsafeRawBufferPointer,
    _ body: (UInt64) -> Void
  ) {
    guard width > 0 else {
      for _ in 0..<count { body(0) }
      return
    }
    let drop = UInt64(64 - width)
    var bit = 0
    for _ in 0..<count {
      let byte = start + bit >> 3
      var word: UInt64
      if byte + 8 <= bytes.count {
        word = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: byte, as: UInt64.self))
      } else {
        word = 0
        for index in byte..<byte + 8 {
          word = word << 8 | (index < bytes.count ? UInt64(bytes[index]) : 0)
        }
      }
      word <<= UInt64(bit & 7)
      body(word >> drop)
      bit += width
    }
  }
}
