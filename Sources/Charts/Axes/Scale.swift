/// From values to positions along one axis, in picture units.
struct Scale: Equatable {
  enum Kind: Equatable {
    case linear
    /// Values at or below the lower bound sit on it.
    case logarithmic
  }

  let kind: Kind
  let lower: Double
  let upper: Double
  let start: Double
  let end: Double

  /// - Parameters:
  ///   - lower, upper: the values at `start` and `end`; `upper > lower`, and both > 0 if logarithmic.
  init(_ kind: Kind = .linear, from lower: Double, to upper: Double, start: Double, end: Double) {
    precondition(upper > lower, "an axis needs an extent")
    precondition(kind == .linear || lower > 0, "a logarithmic axis starts above zero")
    self.kind = kind
    self.lower = lower
    self.upper = upper
    self.start = start
    self.end = end
  }

  /// Unknown (NaN) stays NaN: the caller draws a gap.
  func position(_ value: Double) -> Double {
    start + (end - start) * fraction(value)
  }

  private func fraction(_ value: Double) -> Double {
    switch kind {
    case .linear:
      return (value - lower) / (upper - lower)
    case .logarithmic:
      guard value == value else { return .nan }
      guard value > lower else { return 0 }
      guard value.isFinite else { return 1 }
      let base = decimalLogarithm(lower)
      return (decimalLogarithm(value) - base) / (decimalLogarithm(upper) - base)
    }
  }
}
