import RealModule
import Testing

@testable import Forecasting

@Suite struct ResidualDependenceTests {
  private func windows(shared: Double, fading: Double, seed: UInt64) -> [[Double]] {
    var random = Seeded(seed)
    return (0..<60).map { _ in
      let common = shared.squareRoot() * random.normal()
      var rest = random.normal()
      return (0..<48).map { _ in
        rest = fading * rest + (1 - fading * fading).squareRoot() * random.normal()
        return 0.1 * (common + (1 - shared).squareRoot() * rest)
      }
    }
  }

  @Test(
    "the variance of a window's mean is found, whatever it is made of",
    arguments: [(0.0, 0.0), (0, 0.8), (0.5, 0), (0.4, 0.7)])
  func meanVariance(shared: Double, fading: Double) {
    func variance(_ shared: Double, _ fading: Double) -> Double {
      shared + (1 - shared) * ResidualDependence.meanVariance(fading: fading, length: 48)
    }
    let found = ResidualDependence(windows(shared: shared, fading: fading, seed: 3))
    let difference = variance(found.shared, found.fading) - variance(shared, fading)
    #expect(difference.magnitude < 0.15)
  }

  @Test(
    "unknown, constant and missing residuals give a dependence in range",
    arguments: [[], [[]], [[.nan, .nan]], [[0, 0, 0]], [[1, 1, 1], [.nan, 1, 1]]] as [[[Double]]])
  func odd(residuals: [[Double]]) {
    let found = ResidualDependence(residuals)
    #expect((0...1).contains(found.shared))
    #expect((0...1).contains(found.fading))
  }
}
