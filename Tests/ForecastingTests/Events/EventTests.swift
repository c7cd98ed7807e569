import Forecasting
import RealModule
import Testing

@Suite struct EventTests {
  @Test(
    "an event rises before, stands, and falls after",
    arguments: [
      (5, 0.0), (7, 1.0 / 3), (8, 2.0 / 3), (9, 1.0), (11, 1.0), (12, 0.5), (13, 0.0),
      (.min, 0.0), (.max, 0.0),
    ])
  func shape(step: Int, share: Double) {
    let shape = EventShape(begin: 9, duration: 3, rampBefore: 2, rampAfter: 1)
    #expect((shape.share(at: step) - share).magnitude < 1e-12)
  }

  @Test("the uplift of earlier occurrences is learned, and more of them say more")
  func learned() throws {
    let expected = [10.0, 20, .nan, 30]
    let double = EventUplift.Occurrence(actual: [20, 40, 1000, 60], expected: expected)
    let once = try #require(EventUplift.learned(from: [double]))
    #expect((once.factor - 2).magnitude < 1e-9)
    let often = try #require(
      EventUplift.learned(from: Array(repeating: double, count: 9)))
    #expect(often.uncertainty < once.uncertainty / 3)
    let silent = EventUplift.Occurrence(actual: [0, 0], expected: [1, 1])
    #expect(EventUplift.learned(from: [silent]) == nil)
    #expect(EventUplift.learned(from: [silent, double])?.factor == once.factor)
  }

  @Test("applied, it moves the mean and keeps the quantiles in order", arguments: [0.0, 0.3, 1])
  func applied(share: Double) throws {
    let uplift = try #require(EventUplift(factor: 3, uncertainty: 0.2))
    let base: [(Double, Double)] = [(0.01, 50), (0.5, 100), (0.95, 130), (0.99, 140)]
    let moved = base.map { uplift.applied(toQuantile: $0.1, level: $0.0, share: share) }
    #expect(zip(moved, moved.dropFirst()).allSatisfy { $0 <= $1 })
    #expect(moved[3] >= base[3].1)
    if share == 0 { #expect(moved == base.map(\.1)) }
    if share == 1 { #expect((moved[1] - 300).magnitude < 1e-9) }
    // The mean of a factor whose logarithm errs by a standard deviation of 0.2 around log(3), for a
    // share of it.
    let middles = (0..<20_000).map { (Double($0) + 0.5) / 20_000 }
    let mean =
      middles.reduce(0) { sum, level in
        sum + 100 * uplift.factor(share: share, score: Self.score(level))
      } / 20_000
    #expect((uplift.applied(toMean: 100, share: share) / mean - 1).magnitude < 1e-3)
  }

  /// The standard normal quantile, by bisection of the error function.
  private static func score(_ level: Double) -> Double {
    var (low, high) = (-8.0, 8.0)
    for _ in 0..<60 {
      let middle = (low + high) / 2
      if 0.5 * Double.erfc(-middle / 2.0.squareRoot()) < level {
        low = middle
      } else {
        high = middle
      }
    }
    return low
  }

  @Test("a factor that is none is refused", arguments: [0, -1, .nan, .infinity] as [Double])
  func refused(factor: Double) {
    #expect(EventUplift(factor: factor) == nil)
    #expect(EventUplift(factor: 2, uncertainty: factor) == nil || factor == 0)
  }
}
