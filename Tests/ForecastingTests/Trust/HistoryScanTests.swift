import Forecasting
import Testing

@Suite struct HistoryScanTests {
  private func scan(_ values: [Double]) -> HistoryScan {
    HistoryScan(values, seasons: [24, 168])
  }

  @Test("a history like any other has nothing in it", arguments: UInt64(1)...10)
  func calm(seed: UInt64) {
    let values = Demand.daily(count: 900, day: 24, seed: seed, noise: 0.1)
    #expect(scan(values).findings.isEmpty, "seed \(seed)")
  }

  @Test("an outage is found to the step, and unknown to what learns", arguments: UInt64(1)...5)
  func outage(seed: UInt64) {
    var values = Demand.daily(count: 900, day: 24, seed: seed)
    for step in 500..<509 { values[step] = 0 }
    let scan = scan(values)
    #expect(scan.findings == [.init(anomaly: .collapse, steps: 500..<509)], "seed \(seed)")
    let plain = scan.plain(values)
    #expect(plain.indices.filter { plain[$0].isNaN } == Array(500..<509))
  }

  @Test("an outage that is still on at the end is left out too")
  func outageAtTheEnd() {
    var values = Demand.daily(count: 900, day: 24, seed: 3)
    for step in 894..<900 { values[step] = 0.5 }
    #expect(scan(values).findings == [.init(anomaly: .collapse, steps: 894..<900)])
  }

  @Test(
    "a stuck metric is found from its first repeated value on, and unknown to what learns",
    arguments: [(day: 24, stuck: 20), (day: 288, stuck: 120)], UInt64(1)...3)
  func stuck(of: (day: Int, stuck: Int), seed: UInt64) {
    let week = 7 * of.day
    var values = Demand.daily(count: 5 * week, day: of.day, seed: seed)
    let steps = (3 * week + 10)..<(3 * week + 10 + of.stuck)
    for step in steps { values[step] = values[steps.lowerBound] }
    let scan = HistoryScan(values, seasons: [of.day, week])
    #expect(scan.findings == [.init(anomaly: .frozen, steps: steps)], "seed \(seed)")
    let plain = scan.plain(values)
    #expect(plain.indices.filter { plain[$0].isNaN } == Array(steps))
  }

  @Test("the same value again and again where nothing else was expected is not stuck")
  func flat() {
    var values = Demand.daily(count: 900, day: 24, seed: 4)
    for step in values.indices where step % 24 < 14 { values[step] = 50 }
    #expect(scan(values).findings.isEmpty)
  }

  @Test(
    "another level is told at its step, and stays in the history (F-61)",
    arguments: [0.2, 0.5, 2, 5], UInt64(1)...3)
  func levelShift(factor: Double, seed: UInt64) throws {
    var values = Demand.daily(count: 900, day: 24, seed: seed, noise: 0.05)
    for step in 600..<900 { values[step] *= factor }
    let scan = scan(values)
    let finding = try #require(scan.findings.first)
    #expect(scan.findings.count == 1 && finding.anomaly == .levelShift, "seed \(seed)")
    #expect((finding.steps.lowerBound - 600).magnitude <= 3 && finding.steps.upperBound == 900)
    #expect(scan.plain(values) == values)
  }

  @Test("what has been next to nothing for longer than a day is how things are now")
  func shutDown() throws {
    var values = Demand.daily(count: 900, day: 24, seed: 5)
    for step in 700..<900 { values[step] *= 0.02 }
    let scan = scan(values)
    #expect(scan.findings.allSatisfy { $0.anomaly == .levelShift })
    #expect(scan.findings.first?.steps.lowerBound == 700)
    #expect(scan.plain(values) == values)
  }

  @Test("a holiday is no level shift")
  func holiday() {
    var values = Demand.daily(count: 1200, day: 24, seed: 6)
    for step in 600..<624 { values[step] *= 0.4 }
    #expect(scan(values).findings.isEmpty)
  }

  @Test(
    "nor is one of eight days, however far from the end", arguments: [12, 16, 23, 40])
  func longHoliday(daysToTheEnd: Int) {
    for factor in [0.4, 2.5] {
      var values = Demand.daily(count: (35 + daysToTheEnd) * 24, day: 24, seed: 8)
      for step in (35 * 24)..<(43 * 24) { values[step] *= factor }
      let findings = scan(values).findings
      #expect(findings.isEmpty, "\(factor): \(findings)")
    }
  }

  @Test("odd histories are looked at without a finding that lies outside", arguments: UInt64(1)...6)
  func odd(seed: UInt64) {
    var random = Seeded(seed)
    let wild = (0..<400).map { _ in
      [0, 0, 1e9, Double.nan, 3, .infinity, -2].randomElement(using: &random) ?? 0
    }
    for values in [wild, [], [1], Array(repeating: 0, count: 400), Array(repeating: 7, count: 400)]
    {
      let scan = scan(values)
      #expect(scan.findings.allSatisfy { 0 <= $0.steps.lowerBound })
      #expect(scan.findings.allSatisfy { $0.steps.upperBound <= values.count })
      #expect(scan.plain(values).count == values.count)
    }
  }

  @Test("an outage does not enter the season: the same hour is forecast as without it (F-62)")
  func season() throws {
    let clean = Demand.daily(count: 700, day: 24, seed: 7)
    var values = clean
    for step in 620..<640 { values[step] = 0 }
    let forecast = try ForecastBank.fit(
      values: scan(values).plain(values), seasons: [24, 168], horizon: 24, quantiles: [0.5])
    let without = try ForecastBank.fit(
      values: clean, seasons: [24, 168], horizon: 24, quantiles: [0.5])
    for (one, other) in zip(forecast.median, without.median) {
      #expect((one / other - 1).magnitude < 0.1)
    }
  }
}
