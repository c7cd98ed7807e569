/// A column of finite values as integers over one scale, read back within 6e-9 of themselves (or
/// exactly, where that is asked for).
///
/// A rate is often a count over its interval: 14.0166667 requests per second are 841 in a minute,
/// and 841 is two bytes. The scales tried are 1, the given unit, and powers of ten; if none fits,
/// the values are kept as they are, eight bytes each.
///
/// Layout: 0 and eight bytes per value; or 1, the scale (8 bytes) and an `IntegerColumn`.
enum ValueColumn {
  /// What a text with nine digits is off by (5e-9), and below the 1e-8 that is promised.
  static let tolerance = 6e-9
  /// Rounds a number below `largest` to an integer when added: its last bit is then worth one.
  private static let rounding = 0x1.8p52
  private static let largest = 0x1p51

  /// - Parameters:
  ///   - unit: seconds over which the values may be counts.
  ///   - tolerance: how far from itself a value may be read back, relatively; 0 keeps every bit.
  /// - Precondition: not empty, all finite.
  static func write(
    _ values: [Double], unit: Int64, tolerance: Double = tolerance, to writer: inout BlobWriter
  ) {
    var integers = [Int64](repeating: 0, count: values.count)
    let scale = values.withUnsafeBufferPointer { values in
      integers.withUnsafeMutableBufferPointer { integers in
        fittingScale(of: values, unit: Double(unit), tolerance: tolerance, into: integers)
      }
    }
    guard let scale else {
      writer.byte(0)
      writer.doubles(values)
      return
    }
    writer.byte(1)
    writer.double(scale)
    IntegerColumn.write(integers, isEven: false, to: &writer)
  }

  static func read(count: Int, from reader: inout BlobReader) throws(DamagedBlob) -> [Double] {
    switch try reader.byte() {
    case 0:
      let values = try reader.doubles(count: count)
      guard values.allSatisfy(\.isFinite) else { throw DamagedBlob("a value is not finite") }
      return values
    case 1:
      let scale = try reader.double()
      guard scale.isFinite, scale >= 1 else { throw DamagedBlob("scale \(scale)") }
      let integers = try IntegerColumn.read(count: count, from: &reader)
      return [Double](unsafeUninitializedCapacity: count) { result, filled in
        for index in 0..<count {
          result.initializeElement(at: index, to: Double(integers[index]) / scale)
        }
        filled = count
      }
    case let mode: throw DamagedBlob("value mode \(mode)")
    }
  }

  /// Whether two values count as the same sample.
  static func isSame(_ left: Double, _ right: Double) -> Bool {
    (left - right).magnitude <= 1e-8 * max(left.magnitude, right.magnitude)
  }

  /// The first scale of 1, the unit and the powers of ten that fits; nil if none does.
  private static func fittingScale(
    of values: UnsafeBufferPointer<Double>, unit: Double, tolerance: Double,
    into integers: UnsafeMutableBufferPointer<Int64>
  ) -> Double? {
    var scale = 1.0
    if fits(values, scale: scale, tolerance: tolerance, into: integers) { return scale }
    if unit > 1, fits(values, scale: unit, tolerance: tolerance, into: integers) { return unit }
    while scale < 1e12 {
      scale *= 10
      if fits(values, scale: scale, tolerance: tolerance, into: integers) { return scale }
    }
    return nil
  }

  /// Without a branch per value, so that the processor works on several at once.
  private static func fits(
    _ values: UnsafeBufferPointer<Double>, scale: Double, tolerance: Double,
    into integers: UnsafeMutableBufferPointer<Int64>
  ) -> Bool {
    let zero = Int64(bitPattern: rounding.bitPattern)
    var start = 0
    while start < values.count {
      let end = min(start + IntegerColumn.block, values.count)
      var misfits = 0
      for index in start..<end {
        let value = values[index]
        let shifted = value * scale + rounding
        let scaled = shifted - rounding
        let isFit =
          scaled.magnitude < largest
          && (scaled / scale - value).magnitude <= tolerance * value.magnitude
        misfits |= isFit ? 0 : 1
        integers[index] = Int64(bitPattern: shifted.bitPattern) &- zero
      }
      if misfits != 0 { return false }
      start = end
    }
    return true
  }
}
