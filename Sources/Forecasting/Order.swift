/// Order statistics.
enum Order {
  /// The middle value; NaN of an empty row.
  static func median(sorted values: [Double]) -> Double {
    quantile(0.5, sorted: values)
  }

  /// The quantile by linear interpolation between order statistics (Hyndman and Fan 1996, type 7);
  /// NaN of an empty row. `level` is clamped into 0 … 1.
  static func quantile(_ level: Double, sorted values: [Double]) -> Double {
    guard let last = values.last else { return .nan }
    let position = min(max(level, 0), 1) * Double(values.count - 1)
    let below = Int(position)
    guard below + 1 < values.count else { return last }
    let share = position - Double(below)
    return values[below] + share * (values[below + 1] - values[below])
  }

  /// The median of values in any order, which it puts into another; NaN of none.
  ///
  /// - Parameter values: No NaN among them.
  /// - Complexity: Linear, as a rule.
  static func median(reordering values: inout [Double]) -> Double {
    guard let first = values.first else { return .nan }
    let count = values.count
    guard count > 1 else { return first }
    return values.withUnsafeMutableBufferPointer { values in
      let below = (count - 1) / 2
      part(values, at: below)
      guard count % 2 == 0 else { return values[below] }
      var above = values[below + 1]
      for index in (below + 2)..<max(below + 2, count) { above = min(above, values[index]) }
      return values[below] + 0.5 * (above - values[below])
    }
  }

  /// Puts the value that sorting would put at a place there, smaller ones before it.
  private static func part(_ values: UnsafeMutableBufferPointer<Double>, at place: Int) {
    var low = 0
    var high = values.count - 1
    while low < high {
      let pivot = values[low + (high - low) / 2]
      var left = low
      var right = high
      while left <= right {
        while values[left] < pivot { left += 1 }
        while values[right] > pivot { right -= 1 }
        if left <= right {
          values.swapAt(left, right)
          left += 1
          right -= 1
        }
      }
      if place <= right {
        high = right
      } else if place >= left {
        low = left
      } else {
        return
      }
    }
  }
}
