import Simulation

/// What services have in common, in all futures: standard normal scores that mix with their own.
///
/// Every service draws the same shared scores, because they come from a seed, a purpose and a day,
/// never from a state.
struct SharedScores: Sendable {
  enum Purpose: Sendable {
    case standing
    case drift(Int64)
    case day(Int64)
  }

  /// Correlation of the service's scores with the shared ones, -0.95 … 0.95.
  let loading: Double
  let seed: UInt64
  private let rest: Double

  init(loading: Double, seed: UInt64) {
    self.loading = min(max(loading, -0.95), 0.95)
    self.seed = seed
    rest = (1 - self.loading * self.loading).squareRoot()
  }

  /// The service's own score, mixed with the shared one of that purpose in that future.
  func mixed(_ own: Double, _ purpose: Purpose, path: Int) -> Double {
    let place: UInt64 =
      switch purpose {
      case .standing: 1
      case .drift(let day): 2 &+ UInt64(bitPattern: day) &* 4
      case .day(let day): 3 &+ UInt64(bitPattern: day) &* 4
      }
    var random = SplitMix64(
      seed: seed ^ (place &* 0x9E37_79B9_7F4A_7C15) ^ (UInt64(path) &* 0xD1B5_4A32_D192_ED03))
    return loading * random.normal() + rest * own
  }
}
