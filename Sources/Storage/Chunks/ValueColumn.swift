/// A column of finite values as integers over one scale, read back within 6e-9 of themselves.
///
/// A rate is often a count over its interval: 14.0166667 requests per second are 841 in a minute,
/// and 841 is two bytes. The scales tried are 1, the given units, and powers of ten; if none fits,
/// the values are kept as they are, eight bytes each.
///
/// Layout: 0 and eight bytes per value; or 1, the scale (8 bytes) and an `IntegerColumn`.
enum ValueColumn {
  /// What a text with nine digits is off by (5e-9), and below the 1e-8 that is promised.
  static let tolerance = 6e-9
  /// The largest integer: every one below is exact in a `Double`.
  private static let largest = 0x1p52

  /// - Precondition: not empty, all finite.
  static func write(_ values: [Double], units: [Int64], to writer: inout BlobWriter) {
    var integers = [Int64](repeating: 0, count: values.count)
    for scale in scales(units) where fits(values, scale: scale, into: &integers) {
      writer.byte(1)
      writer.double(scale)
      IntegerColumn.write(integers, isEven: false, to: &writer)
      return
    }
    writer.byte(0)
    writer.doubles(values)
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

  private static func scales(_ units: [Int64]) -> [Double] {
    var scales = [1.0]
    for unit in units where unit > 1 && !scales.contains(Double(unit)) {
      scales.append(Double(unit))
    }
    var power = 10.0
    while power <= 1e12 {
      scales.append(power)
      power *= 10
    }
    return scales
  }

  private static func fits(
    _ values: [Double], scale: Double, into integers: inout [Int64]
  ) -> Bool {
    for index in values.indices {
      let value = values[index]
      let scaled = (value * scale).rounded()
      guard scaled.magnitude < largest,
        (scaled / scale - value).magnitude <= tolerance * value.magnitude
      else { return false }
      integers[index] = Int64(scaled)
    }
    return true
  }
}
