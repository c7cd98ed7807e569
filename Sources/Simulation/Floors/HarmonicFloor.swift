import Domain
import RealModule

/// The largest value over the boot time of the strongest harmonics of the last fourteen days,
/// repeated, plus a tenth: crane's forecaster. Refitted every day.
struct HarmonicFloor: ReplicaFloor {
  private static let harmonics = 20
  private static let margin = 0.1
  private static let days = 14

  private var bins: RateBins
  private let perDay: Int
  private let boot: Int
  private let perReplica: Double
  let lookback: Int
  /// Covers bins from `fittedAt` on, repeated.
  private var pattern: [Double] = []
  private var fittedAt = 0

  init(demand: Demand, boot: Int, interval: Int, perReplica: Double) {
    bins = RateBins(demand: demand, width: .seconds(300))
    perDay = max(1, demand.grid.steps(.seconds(86_400)) / bins.width)
    self.boot = boot
    self.perReplica = perReplica
    lookback = RateBins.lookback(interval: interval)
    fit()
  }

  mutating func replicas(_ view: ControllerView) -> Double {
    bins.observe(view)
    if bins.count >= fittedAt + perDay { fit() }
    guard !pattern.isEmpty else { return 0 }
    let first = bins.bin(of: view.step) - fittedAt
    let last = bins.bin(of: view.step + boot) - fittedAt + 1
    let rate = (first...last).reduce(0.0) { max($0, pattern[$1 % pattern.count]) }
    return rate * (1 + Self.margin) / perReplica
  }

  private mutating func fit() {
    fittedAt = bins.count
    let length = min(Self.days * perDay, bins.count / perDay * perDay)
    guard length > 0 else { return }
    let coefficients = FourierTransform.coefficients(Array(bins.values.suffix(length)))
    let power = coefficients.map { $0.real * $0.real + $0.imaginary * $0.imaginary }
    let strongest = power.indices.dropFirst()
      .sorted { power[$0] != power[$1] ? power[$0] > power[$1] : $0 < $1 }
      .prefix(Self.harmonics)
    pattern = [Double](repeating: coefficients[0].real / Double(length), count: length)
    for frequency in strongest {
      // A harmonic and its mirror image count once each; the highest of an even length is its own.
      let weight = (2 * frequency == length ? 1 : 2) / Double(length)
      let part = coefficients[frequency]
      for index in 0..<length {
        let angle = 2 * Double.pi * Double(index * frequency % length) / Double(length)
        pattern[index] +=
          weight * (part.real * Double.cos(angle) - part.imaginary * Double.sin(angle))
      }
    }
  }
}
