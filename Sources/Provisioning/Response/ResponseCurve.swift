/// Replicas by the load of an hour and its neighbours: a straight line, a root, and the sizes of the
/// steps to and from the neighbours.
struct ResponseCurve: Sendable, Equatable {
  private let constant: Double
  private let root: Double
  private let before: Double
  private let now: Double
  private let after: Double
  private let stepFrom: Double
  private let stepTo: Double

  /// - Parameter coefficients: Of `ResponseFeatures.row`. A rise and a fall that count differently
  ///   are a straight line and the size of the step.
  init(_ coefficients: SIMD8<Double>) {
    let rise = coefficients[3], fall = coefficients[6]
    let risen = coefficients[4], fallen = coefficients[5]
    constant = coefficients[0]
    root = coefficients[1]
    stepTo = 0.5 * (rise + fall)
    stepFrom = 0.5 * (risen + fallen)
    after = 0.5 * (rise - fall)
    before = -0.5 * (risen - fallen)
    now = coefficients[2] - 0.5 * (rise - fall) + 0.5 * (risen - fallen)
  }

  @inline(__always)
  func value(_ before: Double, _ now: Double, _ after: Double) -> Double {
    let line = constant + self.before * before + self.now * now + self.after * after
    let steps = stepFrom * (now - before).magnitude + stepTo * (after - now).magnitude
    return line + root * now.squareRoot() + steps
  }
}
