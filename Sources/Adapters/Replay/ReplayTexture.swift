public import Domain
import Foundation

/// A seeded wobble of the rate within the resolution of a trace: the factor
/// `exp(deviation·z − deviation²/2)`, whose mean is 1, with *z* a smooth standard normal process.
///
/// *z* is interpolated between independent normals at knots `tau` apart, with weights whose squares
/// sum to 1, so that its variance is 1 everywhere. Unlike a recursion it can be asked at any instant
/// in any order and always answers the same.
public struct ReplayTexture: Sendable, Equatable {
  /// The standard deviation of the factor's logarithm.
  public var deviation: Double
  /// The distance between knots; at least a second.
  public var tau: Duration
  public var seed: UInt64

  public init(deviation: Double, tau: Duration, seed: UInt64) {
    self.deviation = deviation
    self.tau = max(tau, .seconds(1))
    self.seed = seed
  }

  public func factor(at time: Timestamp) -> Double {
    let knot = time.floored(to: tau)
    let part = time.since(knot).inSeconds / tau.inSeconds
    let angle = part * Double.pi / 2
    let number = knot.seconds / tau.wholeSeconds
    let wobble = normal(number) * cos(angle) + normal(number + 1) * sin(angle)
    return exp(deviation * wobble - deviation * deviation / 2)
  }

  private func normal(_ knot: Int64) -> Double {
    let base = seed ^ (UInt64(bitPattern: knot) &* 0x9E37_79B9_7F4A_7C15)
    let first = uniform(mixed(base))
    let second = uniform(mixed(base &+ 0xD1B5_4A32_D192_ED03))
    return (-2 * log(1 - first)).squareRoot() * cos(2 * Double.pi * second)
  }

  private func uniform(_ bits: UInt64) -> Double { Double(bits >> 11) * 0x1p-53 }

  /// The output function of SplitMix64.
  private func mixed(_ bits: UInt64) -> UInt64 {
    var value = bits &+ 0x9E37_79B9_7F4A_7C15
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return value ^ (value >> 31)
  }
}
