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
    values.withUnsafeBufferPointer { values in
      guard isEven, values.count > 1 else {
        write(Blocks(of: values), of: values, first: values[0], isSteps: false, to: &writer)
        return
      }
      if let step = values.commonStep {
        writer.byte(stepsFlag | constantFlag)
        writer.integer(values[0])
        writer.integer(step)
        return
      }
      let plain = Blocks(of: values, sharing: true)
      let steps = (1..<values.count).map { values[$0] &- values[$0 - 1] }
      steps.withUnsafeBufferPointer { steps in
        let packed = Blocks(of: steps, sharing: true)
        if packed.bits < plain.bits {
          write(packed, of: steps, first: values[0], isSteps: true, to: &writer)
        } else {
          write(plain, of: values, first: values[0], isSteps: false, to: &writer)
        }
      }
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

  /// How values are packed: as offsets from the smallest, after division by what these share.
  private struct Blocks {
    let low: Int64
    var factor: UInt64 = 1
    /// The least offset, per block.
    var least: [UInt64] = []
    var widths: [UInt8] = []
    let leastBytes: Int
    /// What it costs.
    private(set) var bits = 0
    let isConstant: Bool

    init(of values: UnsafeBufferPointer<Int64>, sharing: Bool = false) {
      let count = (values.count + block - 1) / block
      var lows = [Int64](repeating: .max, count: count)
      var highs = [Int64](repeating: .min, count: count)
      for number in 0..<count {
        var low = Int64.max
        var high = Int64.min
        for index in number * block..<Swift.min((number + 1) * block, values.count) {
          low = Swift.min(low, values[index])
          high = Swift.max(high, values[index])
        }
        lows[number] = low
        highs[number] = high
      }
      let low = lows.reduce(.max) { Swift.min($0, $1) }
      let most = highs.reduce(0) { Swift.max($0, UInt64(bitPattern: $1 &- low)) }
      self.low = low
      isConstant = most == 0
      if sharing { factor = sharedFactor(of: values, from: low) }
      least.reserveCapacity(count)
      widths.reserveCapacity(count)
      for number in 0..<count {
        let spread = UInt64(bitPattern: highs[number] &- lows[number]) / factor
        let width = 64 - spread.leadingZeroBitCount
        least.append(width > widest ? 0 : UInt64(bitPattern: lows[number] &- low) / factor)
        widths.append(UInt8(width > widest ? 64 : width))
        let values = Swift.min(block, values.count - number * block)
        bits += Int(widths[number]) * values + 8
      }
      leastBytes = (71 - (least.max() ?? 0).leadingZeroBitCount) / 8
      bits += 8 * leastBytes * count
    }
  }

  private static func write(
    _ blocks: Blocks, of values: UnsafeBufferPointer<Int64>, first: Int64, isSteps: Bool,
    to writer: inout BlobWriter
  ) {
    writer.byte(
      (isSteps ? stepsFlag : 0)
        | (blocks.isConstant ? constantFlag : UInt8(truncatingIfNeeded: blocks.leastBytes)))
    writer.integer(first)
    writer.integer(blocks.low)
    if blocks.isConstant { return }
    writer.integer(UInt32(truncatingIfNeeded: blocks.factor))
    for width in blocks.widths { writer.byte(width) }
    for least in blocks.least { writer.bytes(of: least, count: blocks.leastBytes) }
    for (number, width) in blocks.widths.enumerated() where width > 0 {
      let range = number * block..<min((number + 1) * block, values.count)
      let low = blocks.low
      let least = blocks.least[number]
      let factor = blocks.factor
      if factor == 1 {
        let start = low &+ Int64(bitPattern: least)
        writer.bits(range, width: Int(width)) { UInt64(bitPattern: values[$0] &- start) }
      } else {
        writer.bits(range, width: Int(width)) {
          UInt64(bitPattern: values[$0] &- low) / factor &- least
        }
      }
    }
  }

  /// The greatest common divisor of the offsets if it fits its four bytes; 1 for all zeros.
  private static func sharedFactor(of values: UnsafeBufferPointer<Int64>, from low: Int64) -> UInt64
  {
    var divisor: UInt64 = 0
    for value in values where value != low {
      var rest = UInt64(bitPattern: value &- low)
      while rest != 0 { (divisor, rest) = (rest, divisor % rest) }
      if divisor == 1 { return 1 }
    }
    return divisor == 0 || divisor > UInt64(UInt32.max) ? 1 : divisor
  }
}

extension UnsafeBufferPointer<Int64> {
  /// What every value is above the one before; nil where that differs.
  fileprivate var commonStep: Int64? {
    let step = self[1] &- self[0]
    for index in 2..<Swift.max(count, 2) where self[index] &- self[index - 1] != step {
      return nil
    }
    return step
  }
}
