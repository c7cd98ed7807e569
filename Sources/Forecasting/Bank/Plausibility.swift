/// What a forecast may say without being suspect.
enum Plausibility {
  /// Three times what one value in a hundred exceeds; infinite if nothing above 0 is known.
  static func ceiling(of values: [Double]) -> Double {
    let known = values.filter { $0 >= 0 && $0.isFinite }.sorted()
    guard let largest = known.last, largest > 0 else { return .infinity }
    // A history that is zero but for rare spikes has no such value above 0.
    let high = Order.quantile(0.99, sorted: known)
    return 3 * (high > 0 ? high : largest)
  }
}
