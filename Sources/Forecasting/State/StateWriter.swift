/// Writes values into bytes that `StateReader` reads back: little-endian, no padding, in the order
/// written. The same values give the same bytes on every machine.
///
/// A state starts with a tag byte (which kind) and a version byte (which layout), so that a reader
/// refuses what it does not know instead of guessing.
///
///     var writer = StateWriter()
///     writer.write(tag: 0x48, version: 1)
///     writer.write(3.5)
public struct StateWriter: Sendable {
  /// What was written so far.
  public private(set) var bytes: [UInt8] = []

  public init() {}

  /// A kind's tag byte followed by its layout's version byte.
  public mutating func write(tag: UInt8, version: UInt8) {
    bytes.append(tag)
    bytes.append(version)
  }

  public mutating func write(byte value: UInt8) {
    bytes.append(value)
  }

  /// One byte, 0 or 1.
  public mutating func write(_ value: Bool) {
    bytes.append(value ? 1 : 0)
  }

  /// Eight bytes, two's complement.
  public mutating func write(_ value: Int) {
    append(UInt64(bitPattern: Int64(value)))
  }

  /// Eight bytes, the bit pattern: NaN, infinities and the sign of zero survive.
  public mutating func write(_ value: Double) {
    append(value.bitPattern)
  }

  /// A count, then the values.
  public mutating func write(_ values: [Double]) {
    write(values.count)
    bytes.reserveCapacity(bytes.count + 8 * values.count)
    for value in values { append(value.bitPattern) }
  }

  /// A count, then the bytes.
  public mutating func write(_ values: [UInt8]) {
    write(values.count)
    bytes.append(contentsOf: values)
  }

  /// A count of UTF-8 bytes, then the bytes.
  public mutating func write(_ text: String) {
    write(Array(text.utf8))
  }

  private mutating func append(_ word: UInt64) {
    for shift in stride(from: UInt64(0), to: 64, by: 8) {
      bytes.append(UInt8(truncatingIfNeeded: word >> shift))
    }
  }
}
