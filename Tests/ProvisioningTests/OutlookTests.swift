import Domain
import RealModule
import Simulation
import Testing

@testable import Provisioning

@Suite("Demand outlook")
struct OutlookTests {
  @Test("the same seed gives the same futures, another seed others")
  func seeded() throws {
    let outlook = try #require(
      DemandOutlook(history: Worlds.history(days: 28, seed: 1), zone: .utc))
    let start = Worlds.monday + .seconds(28 * 86_400)
    let first = outlook.paths(from: start, hours: 48, count: 20, seed: 5)
    #expect(first == outlook.paths(from: start, hours: 48, count: 20, seed: 5))
    #expect(first != outlook.paths(from: start, hours: 48, count: 20, seed: 6))
    #expect(first.count == 48 * 20)
  }

  @Test("futures of a steady rhythm have its mean, its shape and its weekend")
  func rhythm() throws {
    let history = Worlds.history(days: 56, seed: 2)
    let outlook = try #require(DemandOutlook(history: history, zone: .utc))
    let rows = outlook.paths(from: history.end, hours: 14 * 24, count: 200, seed: 1)
    let truth = Worlds.history(days: 14, seed: 99, dayNoise: 0, hourNoise: 0)
    for hour in truth.values.indices {
      let mean = rows[(hour * 200)..<((hour + 1) * 200)].reduce(0.0) { $0 + Double($1) } / 200
      #expect((mean / truth.values[hour] - 1).magnitude < 0.08, "hour \(hour)")
    }
  }

  @Test("most days fall between P10 and P90 of what was forecast before them")
  func coverage() throws {
    var (inside, count) = (0, 0)
    for seed in UInt64(1)...20 {
      let whole = Worlds.history(days: 42, seed: seed, dayNoise: 0.1)
      let past = whole.slice(from: whole.start, to: whole.end - .seconds(14 * 86_400))
      let outlook = try #require(DemandOutlook(history: past, zone: .utc))
      let rows = outlook.paths(from: past.end, hours: 14 * 24, count: 80, seed: seed)
      for day in 0..<14 {
        let sums = (0..<80).map { path in
          (0..<24).reduce(0.0) { $0 + Double(rows[(24 * day + $1) * 80 + path]) }
        }
        let truth = whole.values[(28 + day) * 24..<(29 + day) * 24].reduce(0, +)
        let sample = Sample(sums)
        count += 1
        if truth >= sample.quantile(0.1), truth <= sample.quantile(0.9) { inside += 1 }
      }
    }
    let share = Double(inside) / Double(count)
    #expect(share > 0.7 && share < 0.9, "\(share) of \(count) days")
  }

  @Test("a level that only scatters is not carried on from its last days alone")
  func scatter() {
    var (own, recent) = (0.0, 0.0)
    for seed in UInt64(1)...40 {
      var random = SplitMix64(seed: seed)
      let values = (0..<182).map { _ in 0.3 * random.normal() }
      let expected = LevelRace(values).forecast(after: 182, days: 14)
      own += (expected.reduce(0, +) / 14).magnitude
      recent += (values.suffix(14).reduce(0, +) / 14).magnitude
    }
    #expect(own < 0.9 * recent, "\(own / 40) against \(recent / 40)")
  }

  @Test("the further ahead, the wider")
  func widening() throws {
    let history = Worlds.history(days: 42, seed: 4)
    let outlook = try #require(DemandOutlook(history: history, zone: .utc))
    let rows = outlook.paths(from: history.end, hours: 300 * 24, count: 60, seed: 1)
    func width(week: Int) -> Double {
      let sums = (0..<60).map { path in
        (0..<168).reduce(0.0) { $0 + Double(rows[(168 * week + $1) * 60 + path]) }
      }
      let sample = Sample(sums)
      return (sample.quantile(0.9) - sample.quantile(0.1)) / sample.mean
    }
    #expect(width(week: 20) > 1.5 * width(week: 0))
    #expect(width(week: 41) > width(week: 20))
  }

  @Test("the shape follows the local clock through a change of it")
  func localClock() throws {
    let zone = CalendarTests.berlin.zone
    // A peak at local noon, in the weeks before clocks go back.
    let start = time("2026-09-20T22:00:00Z")
    let values = (0..<33 * 24).map { hour -> Double in
      let local = zone.localSeconds(at: start + .seconds(3600 * hour))
      return local / 3600 % 24 == 12 ? 1000 : 100
    }
    let history = TimeSeries(start: start, step: .seconds(3600), values: values)
    let outlook = try #require(DemandOutlook(history: history, zone: zone))
    let rows = outlook.paths(from: history.end, hours: 96, count: 1, seed: 1)
    let peaks = rows.indices.filter { rows[$0] > 500 }.map {
      zone.localSeconds(at: history.end + .seconds(3600 * $0)) / 3600 % 24
    }
    #expect(peaks == [12, 12, 12, 12])
  }

  @Test("unknown hours and days are bridged, and too little is refused")
  func unknown() throws {
    var history = Worlds.history(days: 28, seed: 6)
    for hour in 200..<260 { history.values[hour] = .nan }
    for hour in stride(from: 0, to: 600, by: 7) { history.values[hour] = .nan }
    let outlook = try #require(DemandOutlook(history: history, zone: .utc))
    let rows = outlook.paths(from: history.end, hours: 24 * 7, count: 50, seed: 1)
    let mean = rows.reduce(0.0) { $0 + Double($1) } / Double(rows.count)
    #expect((mean / 91.4 - 1).magnitude < 0.1, "\(mean)")
    #expect(DemandOutlook(history: Worlds.history(days: 1, seed: 1), zone: .utc) == nil)
    #expect(throws: ProvisioningError.tooLittleHistory(service: "web", knownHours: 24)) {
      try ServiceForecaster(
        ServiceInput(policy: Worlds.policy(), history: Worlds.history(days: 1, seed: 1)))
    }
  }

  @Test("odd pasts give finite futures that are not negative", arguments: Worlds.oddPasts)
  func oddPasts(values: [Double]) throws {
    let history = TimeSeries(start: Worlds.monday, step: .seconds(3600), values: values)
    let outlook = try #require(DemandOutlook(history: history, zone: .utc))
    let rows = outlook.paths(from: history.end, hours: 24 * 60, count: 20, seed: 1)
    #expect(rows.allSatisfy { $0.isFinite && $0 >= 0 })
  }

  @Test("a period further ahead than the past is long is marked")
  func extrapolated() throws {
    let forecaster = try Worlds.forecaster(days: 14)
    let rows = try forecaster.forecast(
      Worlds.request(forecaster, days: 20, paths: 10)
    ).periods(.day)
    #expect(rows.map(\.isExtrapolated) == (0..<20).map { $0 >= 14 })
  }
}
