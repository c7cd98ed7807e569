/// Positions in a picture, printed in tenths of a unit: finer than any screen, and short.
enum Coordinate {
  /// Tenths, clamped to ±100,000 units so that no input can trap; NaN is 0 and never reached by
  /// callers, which draw unknown values as gaps.
  static func tenths(_ value: Double) -> Int {
    guard value == value else { return 0 }
    return Int((max(-1e5, min(1e5, value)) * 10).rounded())
  }

  static func text(_ value: Double) -> String {
    text(tenths: tenths(value))
  }

  /// `12`, `12.3`, `-.5`.
  static func text(tenths: Int) -> String {
    let whole = abs(tenths) / 10
    let tenth = abs(tenths) % 10
    let digits = tenth == 0 ? "\(whole)" : (whole == 0 ? ".\(tenth)" : "\(whole).\(tenth)")
    return tenths < 0 ? "-" + digits : digits
  }
}
