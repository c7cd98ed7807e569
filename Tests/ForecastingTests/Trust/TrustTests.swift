import Forecasting
import RealModule
import Testing

@Suite struct TrustTests {
  private func expected(_ step: Int) -> Double {
    100 + 50 * Double.sin(Double(step) / 20)
  }

  private func watch(_ values: (Int) -> Double?, steps: Int = 200) -> [Anomaly?] {
    var watch = AnomalyWatch()
    return (0..<steps).map { step in
      let centre = expected(step)
      return watch.observe(values(step), expected: centre, band: (0.8 * centre)...(1.2 * centre))
    }
  }

  @Test("a day like any other is no anomaly", arguments: UInt64(1)...5)
  func calm(seed: UInt64) {
    var random = Seeded(seed)
    let noise = (0..<200).map { _ in 1 + 0.08 * random.normal() }
    #expect(watch { expected($0) * noise[$0] }.allSatisfy { $0 == nil }, "seed \(seed)")
  }

  @Test("a collapse is seen at the second step and over at the first good one")
  func collapse() {
    let seen = watch { (100..<110).contains($0) ? 0 : expected($0) }
    #expect(seen[100] == nil && seen[101] == .collapse && seen[109] == .collapse)
    #expect(seen[110] == nil)
  }

  @Test("a frozen value is seen once the expected one has moved away")
  func frozen() {
    let seen = watch { $0 < 100 ? expected($0) : expected(100) }
    #expect(seen[..<111].allSatisfy { $0 == nil })
    #expect(seen[160] == .frozen)
  }

  /// A forecast whose quantile is `factor` times what a good one would be.
  private func run(_ trust: inout ForecastTrust, factor: Double, steps: Range<Int>) {
    var random = Seeded(UInt64(steps.lowerBound))
    for step in steps {
      let value = expected(step) * (1 + 0.05 * random.normal())
      trust.observe(
        value, quantile: factor * 1.0825 * expected(step), last: expected(step - 20))
    }
  }

  @Test("trust is earned by a good quantile, lost by a bad one, and earned back slowly")
  func grades() {
    var trust = ForecastTrust(level: 0.95, memory: 200)
    #expect(trust.grade == .blended)
    run(&trust, factor: 1, steps: 0..<1000)
    #expect(trust.grade == .full)
    #expect((trust.exceedance - 0.05).magnitude < 0.04)
    run(&trust, factor: 0.6, steps: 1000..<1100)
    #expect(trust.grade == .reactiveOnly)
    run(&trust, factor: 1, steps: 1100..<1200)
    #expect(trust.grade == .reactiveOnly)
    run(&trust, factor: 1, steps: 1200..<3000)
    #expect(trust.grade == .full)
  }

  @Test("a quantile that is far too high is not trusted either")
  func wasteful() {
    var trust = ForecastTrust(level: 0.95, memory: 200, grade: .full)
    run(&trust, factor: 20, steps: 0..<1000)
    #expect(trust.grade == .reactiveOnly)
  }

  @Test("grades do not flicker at a border: few changes over a long time", arguments: UInt64(1)...3)
  func hysteresis(seed: UInt64) {
    var trust = ForecastTrust(level: 0.95, memory: 200)
    var random = Seeded(seed)
    var changes = 0
    for step in 0..<5000 {
      let before = trust.grade
      let value = expected(step) * (1 + 0.05 * random.normal())
      trust.observe(value, quantile: 1.05 * expected(step), last: expected(step - 20))
      if trust.grade != before { changes += 1 }
    }
    #expect(changes <= 10, "seed \(seed): \(changes) changes")
  }

  @Test("unknown values change nothing")
  func unknown() {
    var trust = ForecastTrust(level: 0.95)
    let before = trust
    for value in [nil, .nan, -1] as [Double?] { trust.observe(value, quantile: 1, last: 1) }
    #expect(trust == before)
  }
}
