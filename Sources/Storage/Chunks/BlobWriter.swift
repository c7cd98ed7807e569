/// Writes a blob: big-endian integers, so that plain SQL can read them with `hex(substr(…))`,
/// and a checksum at the end.
struct BlobWriter {
  private(set) var bytes: [UInt8] = []

  init(capacity: Int) { bytes.reserveCapacity(capacity) }

  mutating func byte(_ value: UInt8) { bytes.append(value) }

  mutating func integer<Value: FixedWidthInteger>(_ value: Value) {
    withUnsafeBytes(of: value.bigEndian) { bytes.append(contentsOf: $0) }
  }

  mutating func double(_ value: Double) { integer(value.bitPattern) }

  /// The low `count` bytes, most significant first.
  mutating func bytes(of value: UInt64, count: Int) {
    for byte in stride(from: 8 * (count - 1), through: 0, by: -8) {
      bytes.append(UInt8(truncatingIfNeeded: value >> UInt64(byte)))
    }
  }

  /// The low `width` bits of the value at each index, one after the other, the most significant
  /// first; the last byte is filled up with zeros. No value has more bits.
  @inline(__always)
  mutating func bits(_ range: Range<Int>, width: Int, _ value: (Int) -> UInt64) {
    let start = bytes.count
    let end = start + (range.count * width + 7) / 8
    // Whole words are written; what the last one has too much goes at the end.
    bytes.append(contentsOf: repeatElement(0, count: end - start + 8))
    bytes.withUnsafeMutableBytes { bytes in
      var position = start
      var waiting: UInt64 = 0
      var free = 64
      for index in range {
        let bits = value(index)
        free -= width
        if free > 0 {
          waiting |= bits << UInt64(free)
          continue
        }
        waiting |= bits >> UInt64(-free)
        bytes.storeBytes(of: waiting.bigEndian, toByteOffset: position, as: UInt64.self)
        position += 8
        free += 64
        // Nothing is left over when the word was just filled: a shift by 64 leaves nothing.
        waiting = bits << UInt64(free)
      }
      bytes.storeBytes(of: waiting.bigEndian, toByteOffset: position, as: UInt64.self)
    }
    bytes.removeLast(bytes.count - end)
  }

  /// Appends each value's eight bytes.
  mutating func doubles(_ values: [Double]) {
    let start = bytes.count
    bytes.append(contentsOf: repeatElement(0, count: values.count * 8))
    bytes.withUnsafeMutableBytes { buffer in
      for index in values.indices {
        buffer.storeBytes(
          of: values[index].bitPattern.bigEndian, toByteOffset: start + 8 * index, as: UInt64.self)
      }
    }
  }

  /// Closes the blob with its checksum.
  mutating func sealed() -> [UInt8] {
    let sum = bytes.withUnsafeBytes { Checksum.of($0) }
    integer(sum)
    return bytes
  }
}
