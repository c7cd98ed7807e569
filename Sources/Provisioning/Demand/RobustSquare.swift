/// A mean square that outliers do not rule: beyond five usual sizes a value counts as that.
struct RobustSquare {
  private var values: [Double] = []

  var count: Double { Double(values.count) }

  mutating func add(_ value: Double) { values.append(value.magnitude) }

  /// O(n log n).
  var square: Double {
    let sorted = values.sorted()
    guard !sorted.isEmpty else { return 0 }
    let bound = 5 * (1.4826 * sorted[sorted.count / 2] + 1e-9)
    return sorted.reduce(0) { $0 + min($1, bound) * min($1, bound) } / Double(sorted.count)
  }
}
