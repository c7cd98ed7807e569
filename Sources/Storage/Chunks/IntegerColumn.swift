/// A column of integers in blocks of 64, each as bit-packed offsets from the block's smallest
/// value, or from its smallest step (whichever is narrower over the whole column). An even grid of
/// times and a constant column take no bits per value.
///
/// The bytes are in `FORMAT.md`. Reference: frame-of-reference coding, Goldstein, Ramakrishnan and
/// Shaft 1998; blocks with a width each as in Zukowski et al. 2006.
enum IntegerColumn {
  static let block = 64
  private static let stepsFlag: UInt8 = 0x80
  private static let constantFlag: UInt8 = 0x40
  /// Wider offsets take whole words; a value of up to 56 bits lies within eight bytes wherever it
  /// starts.
  private static let widest = 56

  /// - Precondition: not empty; differences of neighbours fit 63 bits (times and counts do).
  static func write(_ values: [Int64], to writer: inout BlobWriter) {
    let (plain, plainBits) = offsets(of: values)
    let steps = (1..<max(values.count, 1)).map { values[$0] &- values[$0 - 1] }
    guard !steps.isEmpty else {
      write(values[0], plain, isSteps: false, to: &writer)
      return
    }
    let (stepped, stepBits) = offsets(of: steps)
    if stepBits < plainBits {
      write(values[0], stepped, isSteps: true, to: &writer)
    } else {
      write(values[0], plain, isSteps: false, to: &writer)
    }
  }

  static func read(count: Int, from reader: inout BlobReader) throws(DamagedBlob) -> [Int64] {
    let descriptor = try reader.byte()
    let first = try reader.integer(Int64.self)
    let isSteps = descriptor & stepsFlag != 0
    let low = try reader.integer(Int64.self)
    let packed = isSteps ? count - 1 : count
    if descriptor & constantFlag != 0 {
      guard isSteps else { return [Int64](repeating: low, count: count) }
      return [Int64](unsafeUninitializedCapacity: count) { result, filled in
        var value = first
        for index in 0..<count {
          result.initializeElement(at: index, to: value)
          value = value &+ low
        }
        filled = count
      }
    }
    let factor = Int64(try reader.integer(UInt32.self))
    var values = try reader.blocks(
      count: packed, leastBytes: Int(descriptor & 0x0F), startingAt: isSteps ? 1 : 0)
    if isSteps {
      var value = first
      values[0] = first
      for index in 1..<max(count, 1) {
        value = value &+ low &+ values[index] &* factor
        values[index] = value
      }
    } else {
      for index in values.indices { values[index] = low &+ values[index] &* factor }
    }
    return values
  }

  /// Offsets from the smallest of all, after division by what they share.
  private struct Offsets {
    var low: Int64
    var factor: UInt32 = 1
    var values: [UInt64]
    /// Per block.
    var least: [UInt64] = []
    var widths: [UInt8] = []

    var isConstant: Bool { widths.allSatisfy { $0 == 0 } && least.allSatisfy { $0 == 0 } }
    var leastBytes: Int { (71 - (least.max() ?? 0).leadingZeroBitCount) / 8 }
  }

  /// The offsets with their cost in bits.
  private static func offsets(of values: [Int64]) -> (Offsets, bits: Int) {
    let low = values.min() ?? 0
    var offsets = Offsets(low: low, values: values.map { UInt64(bitPattern: $0 &- low) })
    let factor = sharedFactor(of: offsets.values)
    if factor > 1 {
      offsets.factor = factor
      for index in offsets.values.indices { offsets.values[index] /= UInt64(factor) }
    }
    var bits = 0
    for start in stride(from: 0, to: values.count, by: block) {
      let end = min(start + block, values.count)
      var least = UInt64.max
      var most: UInt64 = 0
      for index in start..<end {
        least = min(least, offsets.values[index])
        most = max(most, offsets.values[index])
      }
      var width = 64 - (most - least).leadingZeroBitCount
      if width > widest {
        width = 64
        least = 0
      }
      for index in start..<end { offsets.values[index] -= least }
      offsets.least.append(least)
      offsets.widths.append(UInt8(width))
      bits += width * (end - start) + 8
    }
    return (offsets, bits + 8 * offsets.leastBytes * offsets.least.count)
  }

  private static func write(
    _ first: Int64, _ offsets: Offsets, isSteps: Bool, to writer: inout BlobWriter
  ) {
    let isConstant = offsets.isConstant
    writer.byte(
      (isSteps ? stepsFlag : 0) | (isConstant ? constantFlag : UInt8(offsets.leastBytes)))
    writer.integer(first)
    writer.integer(offsets.low)
    if isConstant { return }
    writer.integer(offsets.factor)
    for width in offsets.widths { writer.byte(width) }
    for least in offsets.least { writer.bytes(of: least, count: offsets.leastBytes) }
    for (number, width) in offsets.widths.enumerated() where width > 0 {
      let start = number * block
      let end = min(start + block, offsets.values.count)
      writer.bits(offsets.values[start..<end], width: Int(width))
    }
  }

  /// The greatest common divisor if it fits its four bytes; 1 for all zeros.
  private static func sharedFactor(of offsets: [UInt64]) -> UInt32 {
    var divisor: UInt64 = 0
    for offset in offsets where offset != 0 {
      var rest = offset
      while rest != 0 { (divisor, rest) = (rest, divisor % rest) }
      if divisor == 1 { return 1 }
    }
    return divisor == 0 ? 1 : UInt32(exactly: divisor) ?? 1
  }
}
