/// What a forecast may say without being suspect.
enum Plausibility {
  /// Values from which on what one in a thousand exceeds is more than an accident.
  static let manyValues = 5000
  /// Values looked at, or up to twice as many; more are thinned out evenly.
  static let sample = 10_000

  /// Three times what one value in a hundred exceeds; infinite if nothing above 0 is known.
  ///
  /// In a long history also one and a half times what one in a thousand exceeds, if that is more:
  /// peaks that return for some minutes of a day are rarer than one in a hundred, and no error.
  static func ceiling(of values: [Double]) -> Double {
    let stride = max(1, values.count / sample)
    let known = Swift.stride(from: 0, to: values.count, by: stride).map { values[$0] }
      .filter { $0 >= 0 && $0.isFinite }.sorted()
    guard let largest = known.last, largest > 0 else { return .infinity }
    // A history that is zero but for rare spikes has no such value above 0.
    let high = Order.quantile(0.99, sorted: known)
    let ceiling = 3 * (high > 0 ? high : largest)
    guard known.count >= manyValues else { return ceiling }
    return max(ceiling, 1.5 * Order.quantile(0.999, sorted: known))
  }
}
