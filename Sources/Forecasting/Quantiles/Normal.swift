import RealModule

/// The standard normal distribution.
enum Normal {
  /// Share of outcomes below `value`.
  static func distribution(_ value: Double) -> Double {
    0.5 * Double.erfc(-value / 2.0.squareRoot())
  }

  /// The value that a share `level` of outcomes lies below; `level` is kept within 1e-12 of 0 and 1.
  ///
  /// - Note: Acklam's rational approximation, relative error below 1.2e-9.
  static func quantile(_ level: Double) -> Double {
    let share = min(max(level, 1e-12), 1 - 1e-12)
    if share < 0.02425 { return tail((-2 * Double.log(share)).squareRoot()) }
    if share > 1 - 0.02425 { return -tail((-2 * Double.log(1 - share)).squareRoot()) }
    let offset = share - 0.5
    let square = offset * offset
    let numerator = polynomial(
      square,
      [
        -39.6968302866538, 220.946098424521, -275.928510446969, 138.357751867269,
        -30.6647980661472, 2.50662827745924,
      ])
    let denominator = polynomial(
      square,
      [
        -54.4760987982241, 161.585836858041, -155.698979859887, 66.8013118877197,
        -13.2806815528857, 1,
      ])
    return numerator * offset / denominator
  }

  private static func tail(_ depth: Double) -> Double {
    polynomial(
      depth,
      [
        -0.00778489400243029, -0.322396458041136, -2.40075827716184, -2.54973253934373,
        4.37466414146497, 2.93816398269878,
      ])
      / polynomial(
        depth,
        [0.00778469570904146, 0.32246712907004, 2.445134137143, 3.75440866190742, 1])
  }

  private static func polynomial(_ at: Double, _ coefficients: [Double]) -> Double {
    coefficients.reduce(0) { $0 * at + $1 }
  }
}
