/// The numbers written along a value axis.
struct ValueTicks: Equatable {
  /// Ascending, evenly spaced on a linear axis; the first and the last bound the axis.
  let values: [Double]

  var lowest: Double { values[0] }
  var highest: Double { values[values.count - 1] }

  /// Multiples of 1, 2, 2.5 or 5 times a power of ten that enclose `low…high`, about `count` steps.
  ///
  /// Non-finite or empty bounds give 0…1. With `wholeNumbers` no tick lies between integers
  /// (there is no half replica).
  static func linear(from low: Double, to high: Double, count: Int, wholeNumbers: Bool = false)
    -> ValueTicks
  {
    guard low.isFinite, high.isFinite, high > low, high.magnitude < 1e300 else {
      return ValueTicks(values: [0, 1])
    }
    let rough = (high - low) / Double(max(1, count))
    var power = 1.0
    while power * 10 <= rough { power *= 10 }
    while power > rough, power > 1e-300 { power /= 10 }
    var step = power * 10
    for factor in [1.0, 2, 2.5, 5] where power * factor >= rough * 0.999 {
      step = power * factor
      break
    }
    if wholeNumbers { step = max(1, step == 2.5 ? 5 : step) }
    let first = (low / step).rounded(.down)
    let last = (high / step - 1e-9).rounded(.up)
    guard last > first, last - first < 1000 else { return ValueTicks(values: [low, high]) }
    return ValueTicks(values: (0...Int(last - first)).map { (first + Double($0)) * step })
  }

  /// The ticks that lie in `range`; all of them if fewer than two do.
  func inside(_ range: ClosedRange<Double>) -> ValueTicks {
    let kept = values.filter(range.contains)
    return kept.count < 2 ? self : ValueTicks(values: kept)
  }

  /// Decades, or 1-2-5 steps where the range is under two decades, that enclose `low…high`; both > 0.
  static func logarithmic(from low: Double, to high: Double) -> ValueTicks {
    guard low > 0, high > low, low.isFinite, high.isFinite, low >= 1e-300, high <= 1e300 else {
      return ValueTicks(values: [1, 10])
    }
    let factors: [Double] = high / low > 100 ? [1] : [1, 2, 5]
    var power = 1.0
    while power > low { power /= 10 }
    while power * 10 <= low { power *= 10 }
    var values: [Double] = []
    outer: while true {
      for factor in factors {
        let tick = power * factor
        if tick <= low * (1 + 1e-9) { values.removeAll() }
        values.append(tick)
        if tick >= high * (1 - 1e-9) { break outer }
      }
      power *= 10
    }
    if values.count < 2, let only = values.first { values.append(only * 10) }
    return ValueTicks(values: values)
  }
}
