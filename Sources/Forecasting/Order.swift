/// Order statistics of sorted rows.
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
}
