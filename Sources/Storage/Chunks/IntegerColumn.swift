/// A column of integers as fixed-width offsets from its smallest value, or from its smallest step
/// (whichever is narrower), after division by what all offsets share. An even grid of times and a
/// constant column take no bytes per value.
///
/// Layout: width and mode in one byte (bits 0-3 bytes per value, bit 7 steps), base (8 bytes), for
/// steps the smallest step (8), factor (4) if the width is not zero, then the values. Reference:
/// frame-of-reference coding, Goldstein, Ramakrishnan and Shaft 1998.
enum IntegerColumn {
  private static let stepsFlag: UInt8 = 0x80

  /// - Precondition: not empty; differences of neighbours fit 63 bits (times and counts do).
  static func write(_ values: [Int64], to writer: inout BlobWriter) {
    var low = values[0]
    var high = values[0]
    var lowStep = Int64.max
    var highStep = Int64.min
    for index in 1..<max(values.count, 1) {
      let value = values[index]
      low = min(low, value)
      high = max(high, value)
      let step = value &- values[index - 1]
      lowStep = min(lowStep, step)
      highStep = max(highStep, step)
    }
    let plainSpan = UInt64(bitPattern: high &- low)
    let stepSpan = values.count > 1 ? UInt64(bitPattern: highStep &- lowStep) : plainSpan
    let usesSteps = width(of: stepSpan) < width(of: plainSpan)

    var offsets = [UInt64](repeating: 0, count: values.count)
    if usesSteps {
      for index in 1..<values.count {
        offsets[index] = UInt64(bitPattern: values[index] &- values[index - 1] &- lowStep)
      }
    } else {
      for index in values.indices { offsets[index] = UInt64(bitPattern: values[index] &- low) }
    }
    let span = usesSteps ? stepSpan : plainSpan
    let factor = span > 255 ? sharedFactor(of: offsets) : 1
    if factor > 1 { for index in offsets.indices { offsets[index] /= factor } }
    let width = width(of: span / factor)

    writer.byte(UInt8(width) | (usesSteps ? stepsFlag : 0))
    writer.integer(usesSteps ? values[0] : low)
    if usesSteps { writer.integer(lowStep) }
    if width > 0 { writer.integer(UInt32(truncatingIfNeeded: factor)) }
    offsets.withUnsafeBufferPointer { writer.packed($0, width: width) }
  }

  static func read(count: Int, from reader: inout BlobReader) throws(DamagedBlob) -> [Int64] {
    let descriptor = try reader.byte()
    let width = Int(descriptor & 0x0F)
    let usesSteps = descriptor & stepsFlag != 0
    let base = try reader.integer(Int64.self)
    let lowStep = usesSteps ? try reader.integer(Int64.self) : 0
    let factor = width > 0 ? UInt64(try reader.integer(UInt32.self)) : 1
    let offsets = try reader.packed(count: count, width: width)
    var last = base &- lowStep
    return [Int64](unsafeUninitializedCapacity: count) { result, filled in
      if usesSteps {
        for index in 0..<count {
          last = last &+ lowStep &+ Int64(bitPattern: offsets[index] &* factor)
          result.initializeElement(at: index, to: last)
        }
      } else {
        for index in 0..<count {
          result.initializeElement(
            at: index, to: base &+ Int64(bitPattern: offsets[index] &* factor))
        }
      }
      filled = count
    }
  }

  private static func width(of span: UInt64) -> Int { (71 - span.leadingZeroBitCount) / 8 }

  /// The greatest common divisor, if it fits its four bytes; 1 for all zeros.
  private static func sharedFactor(of offsets: [UInt64]) -> UInt64 {
    var divisor: UInt64 = 0
    for offset in offsets where offset != 0 {
      var rest = offset
      while rest != 0 { (divisor, rest) = (rest, divisor % rest) }
      if divisor == 1 { return 1 }
    }
    return divisor == 0 || divisor > UInt64(UInt32.max) ? 1 : divisor
  }
}
