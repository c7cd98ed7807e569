import RealModule

/// The discrete Fourier transform of a series of any length, fast where the length has small
/// factors (decimation in time over the smallest factor).
enum FourierTransform {
  /// Complex coefficients 0 ... n/2 of a real series.
  static func coefficients(_ values: [Double]) -> [(real: Double, imaginary: Double)] {
    let count = values.count
    let full = transform(values.map { ($0, 0) }, stride: 1, offset: 0, count: count)
    return Array(full.prefix(count / 2 + 1))
  }

  private static func transform(
    _ values: [(real: Double, imaginary: Double)], stride: Int, offset: Int, count: Int
  ) -> [(real: Double, imaginary: Double)] {
    guard count > 1 else { return [values[offset]] }
    let factor = smallestFactor(count)
    let rest = count / factor
    let parts = (0..<factor).map { part in
      transform(values, stride: stride * factor, offset: offset + part * stride, count: rest)
    }
    let turns = (0..<count).map { index in
      let angle = -2 * Double.pi * Double(index) / Double(count)
      return (cos: Double.cos(angle), sin: Double.sin(angle))
    }
    return (0..<count).map { index in
      var real = 0.0
      var imaginary = 0.0
      for part in 0..<factor {
        let value = parts[part][index % rest]
        let turn = turns[index * part % count]
        real += value.real * turn.cos - value.imaginary * turn.sin
        imaginary += value.real * turn.sin + value.imaginary * turn.cos
      }
      return (real, imaginary)
    }
  }

  private static func smallestFactor(_ count: Int) -> Int {
    var factor = 2
    while factor * factor <= count {
      if count % factor == 0 { return factor }
      factor += 1
    }
    return count
  }
}
