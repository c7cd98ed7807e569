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

  /// - Parameter isEven: whether the values are nearly evenly spaced or constant (times, counts);
  ///   then steps and a shared factor are tried.
  /// - Precondition: not empty; differences of neighbours fit 63 bits (times and counts do).
  static func write(_ values: [Int64], isEven: Bool, to writer: inout BlobWriter) {
    guard isEven, values.count > 1 else {
      write(values[0], Blocks(of: values), isSteps: false, to: &writer)
      return
    }
    let step = values[1] &- values[0]
    if !zip(values, values.dropFirst()).contains(where: { $1 &- $0 != step }) {
      write(values[0], Blocks(constant: step), isSteps: true, to: &writer)
      return
    }
    let plain = Blocks(of: values, sharing: true)
    let steps = Blocks(of: zip(values, values.dropFirst()).map { $1 &- $0 }, sharing: true)
    if steps.bits < plain.bits {
      write(values[0], steps, isSteps: true, to: &writer)
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

  /// Values as offsets from the smallest, after division by what these share.
  private struct Blocks {
    var low: Int64
    var factor: UInt32 = 1
    var offsets: [UInt64] = []
    /// Per block.
    var least: [UInt64] = []
    var widths: [UInt8] = []
    /// What it costs.
    var bits = 0

    init(constant value: Int64) { low = value }

    init(of values: [Int64], sharing: Bool = false) {
      let low = values.reduce(values[0]) { $1 < $0 ? $1 : $0 }
      self.low = low
      offsets = values.map { UInt64(bitPattern: $0 &- low) }
      if sharing {
        factor = IntegerColumn.sharedFactor(of: offsets)
        if factor > 1 {
          for index in offsets.indices { offsets[index] /= UInt64(factor) }
        }
      }
      offsets.withUnsafeMutableBufferPointer { offsets in
        var start = 0
        while start < offsets.count {
          let end = Swift.min(start + IntegerColumn.block, offsets.count)
          var least = UInt64.max
          var most: UInt64 = 0
          for index in start..<end {
            least = Swift.min(least, offsets[index])
            most = Swift.max(most, offsets[index])
          }
          var width = 64 - (most - least).leadingZeroBitCount
          if width > IntegerColumn.widest {
            width = 64
            least = 0
          }
          if least > 0 { for index in start..<end { offsets[index] &-= least } }
          self.least.append(least)
          widths.append(UInt8(width))
          bits += width * (end - start) + 8
          start = end
        }
      }
      bits += 8 * leastBytes * least.count
    }

    var isConstant: Bool { widths.allSatisfy { $0 == 0 } && least.allSatisfy { $0 == 0 } }
    var leastBytes: Int { (71 - (least.max() ?? 0).leadingZeroBitCount) / 8 }
  }

  private static func write(
    _ first: Int64, _ blocks: Blocks, isSteps: Bool, to writer: inout BlobWriter
  ) {
    let isConstant = blocks.isConstant
    let leastBytes = blocks.leastBytes
    writer.byte((isSteps ? stepsFlag : 0) | (isConstant ? constantFlag : UInt8(leastBytes)))
    writer.integer(first)
    writer.integer(blocks.low)
    if isConstant { return }
    writer.integer(blocks.factor)
    for width in blocks.widths { writer.byte(width) }
    for least in blocks.least { writer.bytes(of: least, count: leastBytes) }
    for (number, width) in blocks.widths.enumerated() where width > 0 {
      let start = number * block
      let end = min(start + block, blocks.offsets.count)
      writer.bits(blocks.offsets, start..<end, width: Int(width))
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
