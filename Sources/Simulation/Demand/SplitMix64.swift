import RealModule

/// The seeded generator behind every random draw of a simulation.
///
/// One stream serves one purpose, so that adding a purpose does not disturb the others. The same
/// seed gives the same draws in every process; `normal` and `poisson` go through `log`, `cos` and
/// `exp` and may differ in the last bit between C libraries.
/// - Note: Steele, Lea, Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014.
public struct SplitMix64: RandomNumberGenerator, Sendable, Equatable {
  private var state: UInt64

  public init(seed: UInt64) {
    state = seed
  }

  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// A number in [0, 1) with 53 random bits.
  public mutating func uniform() -> Double {
    Double(next() >> 11) * 0x1p-53
  }

  /// A standard normal number: Box–Muller, cosine branch only, so that each costs two draws.
  public mutating func normal() -> Double {
    let radius = (-2 * Double.log(1 - uniform())).squareRoot()
    return radius * Double.cos(2 * Double.pi * uniform())
  }

  /// A Poisson count as a whole `Double`.
  ///
  /// Below a mean of 30 Knuth's product of uniforms, exact; from there on the rounded normal
  /// approximation, never negative. A mean of zero or less gives zero and still costs one draw.
  public mutating func poisson(mean: Double) -> Double {
    guard mean < 30 else {
      return max(0, (mean + mean.squareRoot() * normal() + 0.5).rounded(.down))
    }
    let limit = Double.exp(-mean)
    var product = uniform()
    var count = 0.0
    while product > limit {
      count += 1
      product *= uniform()
    }
    return count
  }
}
