import RealModule
import Testing

@testable import Forecasting

@Suite("Quantile regression and its tail")
struct QuantileRegressionTests {
  static func regression(
    seed: UInt64, count: Int, outcome: (Double, inout Seeded) -> Double
  ) -> QuantileRegression {
    var random = Seeded(seed)
    var regression = QuantileRegression(features: 2, capacity: count)
    for _ in 0..<count {
      let x = random.uniform()
      var row = [1, x]
      let target = outcome(x, &random)
      row.withUnsafeMutableBufferPointer { regression.append($0, target: target, weight: 1) }
    }
    return regression
  }

  @Test(
    "half, nine tenths and nearly all of the errors lie below the fitted quantile",
    arguments: [0.5, 0.9, 0.98])
  func shares(level: Double) throws {
    // Spread that grows with x, so that the quantiles are no parallels.
    let regression = Self.regression(seed: 1, count: 2000) { x, random in
      2 + 3 * x + (0.5 + x) * random.normal()
    }
    let fitted = try regression.fit(level: level, start: [0, 0])
    for half in [0.0..<0.5, 0.5..<1.0] {
      var below = 0
      var count = 0
      var random = Seeded(1)
      for row in 0..<2000 {
        let x = random.uniform()
        _ = random.normal()
        guard half.contains(x) else { continue }
        count += 1
        if regression.target(row) <= regression.prediction(row, fitted) { below += 1 }
      }
      let share = Double(below) / Double(count)
      #expect((share - level).magnitude < 0.03, "\(share) of the rows with x in \(half)")
    }
  }

  @Test("the median of a line with outliers is the line")
  func robust() throws {
    let regression = Self.regression(seed: 2, count: 600) { x, random in
      random.uniform() < 0.2 ? 1000 : 2 + 3 * x
    }
    let fitted = try regression.fit(level: 0.5, start: [0, 0])
    #expect((fitted[0] - 2).magnitude < 0.05 && (fitted[1] - 3).magnitude < 0.05, "\(fitted)")
  }

  @Test("equations that are not finite are a failure")
  func notFinite() {
    let regression = Self.regression(seed: 3, count: 300) { _, _ in .infinity }
    #expect(throws: FitFailure.self) { try regression.fit(level: 0.5, start: [0, 0]) }
  }

  @Test("an exponential sample has an exponential tail, also where it is extrapolated")
  func exponentialTail() {
    var random = Seeded(4)
    let errors = (0..<8000).map { _ in
      (value: -Double.log(1 - random.uniform()), weight: 1.0)
    }
    let tail = TailQuantiles(errors: errors)
    for level in [0.5, 0.9, 0.99, 0.999, 0.99999] {
      let depth = -Double.log(1 - level)
      #expect((tail.value(atDepth: depth) / depth - 1).magnitude < 0.1, "level \(level)")
      #expect((tail.depth(of: tail.value(atDepth: depth)) / depth - 1).magnitude < 1e-9)
    }
  }

  @Test("few errors are extrapolated, none give zero, weights count", arguments: [1, 3, 20, 80])
  func smallSamples(count: Int) {
    let errors = (0..<count).map { (value: Double($0), weight: 1.0) }
    let tail = TailQuantiles(errors: errors)
    #expect(zip(tail.values, tail.values.dropFirst()).allSatisfy { $0 <= $1 })
    #expect(tail.values.allSatisfy(\.isFinite) && tail.slope >= 0)
    #expect(TailQuantiles(errors: []).value(atDepth: 5) == 0)
    let heavy = TailQuantiles(errors: errors.map { ($0.value, $0.value < 2 ? 1e6 : 1) })
    #expect(heavy.value(atDepth: 0.5) <= 1)
  }
}
