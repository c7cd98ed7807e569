/// Replicas by the load of an hour and its neighbours: a straight line, a root, and the sizes of the
/// steps from and to the neighbours.
struct ResponseCurve<Number: BinaryFloatingPoint & Sendable>: Sendable, Equatable {
  var constant: Number
  var root: Number
  var before: Number
  var now: Number
  var after: Number
  var stepFrom: Number
  var stepTo: Number

  @inline(__always)
  func value(_ before: Number, _ now: Number, _ after: Number) -> Number {
    let line = constant + self.before * before + self.now * now + self.after * after
    let steps = stepFrom * (now - before).magnitude + stepTo * (after - now).magnitude
    return line + root * now.squareRoot() + steps
  }
}

extension ResponseCurve where Number == Double {
  /// - Parameter coefficients: Of `ResponseFeatures.row`. A rise and a fall that count differently
  ///   are a straight line and the size of the step.
  init(_ coefficients: SIMD8<Double>) {
    let (rise, fall) = (coefficients[3], coefficients[6])
    let (risen, fallen) = (coefficients[4], coefficients[5])
    constant = coefficients[0]
    root = coefficients[1]
    before = -0.5 * (risen - fallen)
    now = coefficients[2] - 0.5 * (rise - fall) + 0.5 * (risen - fallen)
    after = 0.5 * (rise - fall)
    stepFrom = 0.5 * (risen + fallen)
    stepTo = 0.5 * (rise + fall)
  }

  /// The same in the precision of futures.
  var single: ResponseCurve<Float> {
    ResponseCurve<Float>(
      constant: Float(constant), root: Float(root), before: Float(before), now: Float(now),
      after: Float(after), stepFrom: Float(stepFrom), stepTo: Float(stepTo))
  }
}
