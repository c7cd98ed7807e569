import Domain
import RealModule
import Simulation
import Testing

@testable import Provisioning

@Suite("Quantiles of sums come from paths")
struct PathQuantileTests {
  @Test("a month's P90 is the P90 of the months of all futures, not the sum of its hours' P90s")
  func monthFromPaths() throws {
    let forecaster = try Worlds.forecaster()
    let forecast = try forecaster.forecast(Worlds.request(forecaster, days: 30))
    let month = try #require(forecast.periods(.month).first)
    let paths = forecast.paths
    #expect(forecast.summary(of: month.period) == month)
    let sums = (0..<paths.count).map { path in
      (0..<Int(month.period.hours)).reduce(0.0) {
        $0 + Double(paths.units[$1 * paths.count + path])
      }
    }
    #expect((month.units.p90 - Sample(sums).quantile(0.9)).magnitude < 1e-6 * month.units.p90)
    #expect((month.units.mean - Sample(sums).mean).magnitude < 1e-6 * month.units.mean)

    let hours = forecast.periods(.hour, until: month.period.end)
    let summed90 = hours.reduce(0) { $0 + $1.units.p90 }
    let summed10 = hours.reduce(0) { $0 + $1.units.p10 }
    // Bad days and hours even out over a month, so adding up their quantiles exaggerates by far.
    #expect(summed90 - summed10 > 1.5 * (month.units.p90 - month.units.p10))
    #expect(summed90 > month.units.p90)
    let summedMean = hours.reduce(0) { $0 + $1.units.mean }
    #expect((summedMean - month.units.mean).magnitude < 1e-6 * summedMean)
  }

  @Test("days add up to the month in every mean, and to no other quantile")
  func daysAndMonth() throws {
    let forecaster = try Worlds.forecaster(seed: 3)
    let forecast = try forecaster.forecast(Worlds.request(forecaster, days: 28))
    let days = forecast.periods(.day)
    #expect(days.count == 28)
    let months = forecast.periods(.month)
    let daily = days.reduce(0) { $0 + $1.units.mean }
    let monthly = months.reduce(0) { $0 + $1.units.mean }
    #expect((daily - monthly).magnitude < 1e-6 * monthly)
    #expect(days.reduce(0) { $0 + $1.units.p95 } > 1.01 * months.reduce(0) { $0 + $1.units.p95 })
  }

  @Test("quantiles are in order and never negative", arguments: [UInt64](1...5))
  func ordered(seed: UInt64) throws {
    let forecaster = try Worlds.forecaster(seed: seed, days: 16)
    let forecast = try forecaster.forecast(Worlds.request(forecaster, days: 40, paths: 50))
    for row in forecast.periods(.day) {
      let units = row.units
      let ascending = [
        0, units.p05, units.p10, units.p25, units.p50, units.p75, units.p90, units.p95, units.p99,
      ]
      #expect(ascending == ascending.sorted(), "seed \(seed)")
      #expect(row.peakP50 <= row.peakP95 && row.peakP50 >= units.p50 / 24, "seed \(seed)")
      let cost = try #require(row.listCost)
      #expect((cost.mean - 0.1 * units.mean).magnitude < 1e-4 * cost.mean)
    }
  }

  @Test("a fleet's interval is that of the summed futures")
  func fleetFromPaths() throws {
    let names = (0..<8).map { "service-\($0)" }
    let forecasters = try names.enumerated().map {
      try Worlds.forecaster($1, seed: UInt64($0) + 10, dayNoise: 0.15)
    }
    let request = Worlds.request(forecasters[0], days: 7)
    var fleet = FleetTotal(target: "*", request: request)
    var widths = 0.0
    var mean = 0.0
    for forecaster in forecasters {
      let forecast = try forecaster.forecast(request)
      fleet.add(forecast)
      let days = forecast.periods(.day)
      widths += days.reduce(0) { $0 + $1.units.p90 - $1.units.p10 }
      mean += days.reduce(0) { $0 + $1.units.mean }
    }
    let rows = fleet.forecast().periods(.day)
    let width = rows.reduce(0) { $0 + $1.units.p90 - $1.units.p10 }
    // Eight independent services: the sum's interval is about the root of eight of one's.
    #expect(width < 0.5 * widths)
    #expect(width > 0.2 * widths)
    #expect((rows.reduce(0) { $0 + $1.units.mean } - mean).magnitude < 1e-4 * mean)
  }

  @Test("services that erred together in the past are forecast to err together")
  func commonFactor() throws {
    var forecasters: [ServiceForecaster] = []
    var random = SplitMix64(seed: 5)
    let shared = (0..<56).map { _ in Double.exp(0.15 * random.normal()) }
    for index in 0..<8 {
      var history = Worlds.history(days: 56, seed: UInt64(index) + 30, dayNoise: 0.02)
      for hour in history.values.indices { history.values[hour] *= shared[hour / 24] }
      forecasters.append(
        try ServiceForecaster(
          ServiceInput(policy: Worlds.policy("s\(index)"), history: history),
          response: Worlds.plainResponse))
    }
    let factor = CommonFactor.estimate(forecasters.map { ($0.input.id, $0.outlook) })
    #expect(factor.isSupported)
    #expect(factor.correlation > 0.7)
    let stranger = try #require(ServiceID("stranger"))
    #expect(factor.loading(of: stranger) == factor.correlation.squareRoot())
    func width(_ dependence: Dependence) throws -> Double {
      let request = Worlds.request(forecasters[0], days: 7, dependence: dependence)
      var fleet = FleetTotal(target: "*", request: request)
      for forecaster in forecasters { fleet.add(try forecaster.forecast(request)) }
      return fleet.forecast().periods(.day).reduce(0) { $0 + $1.units.p90 - $1.units.p10 }
    }
    let together = try width(.commonFactor(factor))
    let apart = try width(.independent)
    #expect(together > 1.6 * apart)
  }

  @Test("services that have nothing in common show no common factor")
  func noCommonFactor() throws {
    let forecasters = try (0..<8).map {
      try Worlds.forecaster("s\($0)", seed: UInt64($0) + 50, days: 56)
    }
    let factor = CommonFactor.estimate(forecasters.map { ($0.input.id, $0.outlook) })
    #expect(!factor.isSupported)
    #expect(factor.loading(of: forecasters[0].input.id) == 0)
  }
}
