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

  /// Appends the low `width` bytes of each value, most significant first.
  mutating func packed(_ values: UnsafeBufferPointer<UInt64>, width: Int) {
    guard width > 0 else { return }
    let start = bytes.count
    bytes.append(contentsOf: repeatElement(0, count: values.count * width))
    bytes.withUnsafeMutableBytes { buffer in
      switch width {
      case 1:
        for index in values.indices {
          buffer[start + index] = UInt8(truncatingIfNeeded: values[index])
        }
      case 2:
        for index in values.indices {
          buffer.storeBytes(
            of: UInt16(truncatingIfNeeded: values[index]).bigEndian,
            toByteOffset: start + 2 * index, as: UInt16.self)
        }
      case 8:
        for index in values.indices {
          buffer.storeBytes(
            of: values[index].bigEndian, toByteOffset: start + 8 * index, as: UInt64.self)
        }
      default:
        var offset = start
        for value in values {
          for byte in stride(from: 8 * (width - 1), through: 0, by: -8) {
            buffer[offset] = UInt8(truncatingIfNeeded: value >> UInt64(byte))
            offset += 1
          }
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
