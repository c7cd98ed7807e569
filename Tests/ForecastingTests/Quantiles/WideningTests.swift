import Testing

@testable import Forecasting

@Suite("The widening of quantiles for the future")
struct WideningTests {
  private static let horizon = 24

  private static func windows(_ sizes: [Double]) -> [[Double]] {
    sizes.map { Array(repeating: $0, count: horizon) }
  }

  private static func measured(_ sizes: [Double]) -> Double {
    Widening.measured(windows(sizes), windowsPerFit: 4, horizon: horizon)
  }

  @Test("windows of one fit say nothing of another's")
  func oneFit() {
    #expect(Self.measured([1, 1, 1, 1]) == Widening.usual * Widening.unmeasured)
  }

  @Test("where every fit erred as the others did, nothing but the usual widening is left")
  func alike() {
    // Sixteen windows that overlap by half are worth eight, against four of the usual.
    let expected = (8 * 1 + 4 * Widening.usual) / 12
    #expect((Self.measured(Array(repeating: 7, count: 16)) - expected).magnitude < 1e-12)
    let longer = Self.measured(Array(repeating: 7, count: 64))
    #expect(longer > 1 && longer < expected)
  }

  @Test("where fits err differently, outcomes of one lie outside what the others show: wider")
  func apart() {
    let calm = Array(repeating: 1.0, count: 12)
    let wild = Self.measured(calm + [4, 4, 4, 4])
    #expect(wild > Widening.usual)
    // Never more than twice, drawn toward the usual.
    #expect(wild <= (8 * 2 + 4 * Widening.usual) / 12 + 1e-12)
    // Where the errors were unknown they say nothing.
    #expect(Self.measured(calm + Array(repeating: .nan, count: 4)) < Widening.usual)
  }

  @Test("widened by it, nine of ten windows that were not seen lie within", arguments: 1...4)
  func holds(seed: UInt64) {
    var random = Seeded(seed)
    // Each fit errs by a factor of its own.
    func fit() -> [[Double]] {
      let scale = (0.35 * random.normal()).magnitude + 0.7
      return (0..<4).map { _ in
        (0..<Self.horizon).map { _ in scale * random.normal().magnitude }
      }
    }
    var (within, all) = (0, 0)
    for _ in 0..<60 {
      let seen = (0..<6).flatMap { _ in fit() }
      let widening = Widening.measured(seen, windowsPerFit: 4, horizon: Self.horizon)
      let sorted = seen.joined().sorted()
      let size = widening * Order.quantile(0.9, sorted: sorted)
      for value in fit().joined() {
        within += value <= size ? 1 : 0
        all += 1
      }
    }
    let share = Double(within) / Double(all)
    #expect(share > 0.88 && share < 0.97, "seed \(seed): \(share)")
  }
}
