/// What an hour's replica-hours depend on: the load of the hour and of its neighbours, counted in
/// replicas that it keeps busy.
///
/// All but the first two grow with the load, so a response learnt at one load holds at another.
enum ResponseFeatures {
  static let count = 7

  /// - Parameters:
  ///   - before, now, after: Loads of three consecutive hours, in busy replicas.
  @inline(__always)
  static func row(before: Double, now: Double, after: Double) -> SIMD8<Double> {
    SIMD8(
      1, now.squareRoot(), now, max(0, after - now), max(0, now - before), max(0, before - now),
      max(0, now - after), 0)
  }
}
