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

  /// The low `width` bits of each value, one after the other, the most significant first; the last
  /// byte is filled up with zeros.
  mutating func bits(_ values: [UInt64], _ range: Range<Int>, width: Int) {
    if width == 64 {
      for index in range { integer(values[index]) }
      return
    }
    let start = bytes.count
    bytes.append(contentsOf: repeatElement(0, count: (range.count * width + 7) / 8))
    bytes.withUnsafeMutableBufferPointer { bytes in
      values.withUnsafeBufferPointer { values in
        var position = start
        var waiting: UInt64 = 0
        var count = 0
        for index in range {
          waiting = waiting << UInt64(width) | values[index]
          count += width
          while count >= 8 {
            count -= 8
            bytes[position] = UInt8(truncatingIfNeeded: waiting >> UInt64(count))
            position += 1
          }
        }
        if count > 0 {
          bytes[position] = UInt8(truncatingIfNeeded: waiting << UInt64(8 - count))
        }
      }
    }
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
