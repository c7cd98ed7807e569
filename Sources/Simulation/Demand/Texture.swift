import Domain
import RealModule

/// Short-term unrest for traces too coarse to show any: a mean-one lognormal factor whose logarithm
/// is a first-order autoregression (an Ornstein–Uhlenbeck process sampled at the steps).
public struct Texture: Sendable, Equatable {
  /// The standard deviation of the factor's logarithm.
  public var deviation: Double
  /// The time over which the unrest is remembered.
  public var memory: Duration
  public var seed: UInt64

  public init(deviation: Double, memory: Duration, seed: UInt64) {
    self.deviation = deviation
    self.memory = memory
    self.seed = seed
  }

  /// The factors of consecutive steps.
  struct Stream: Sendable {
    private var random: SplitMix64
    private var state: Double
    private let deviation: Double
    private let keep: Double
    private let shock: Double

    init(_ texture: Texture, dt: Double) {
      random = SplitMix64(seed: texture.seed)
      state = random.normal()
      deviation = texture.deviation
      keep = Double.exp(-dt / texture.memory.inSeconds)
      shock = (1 - keep * keep).squareRoot()
    }

    mutating func next() -> Double {
      let factor = Double.exp(deviation * state - deviation * deviation / 2)
      state = keep * state + shock * random.normal()
      return factor
    }
  }
}
