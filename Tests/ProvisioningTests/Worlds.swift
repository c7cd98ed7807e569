import Control
import Domain
import RealModule
import Simulation
import Testing

@testable import Provisioning

/// An instant that is known to be well written.
func time(_ text: String) -> Timestamp {
  guard let time = Timestamp(rfc3339: text) else {
    Issue.record("not an RFC 3339 time: \(text)")
    return Timestamp(seconds: 0)
  }
  return time
}

/// Services and pasts that tests need.
enum Worlds {
  /// Two weeks, or three days, of hours that no service should have.
  static let oddPasts: [[Double]] = {
    let hours = Array(0..<24 * 14)
    let zeros = hours.map { _ in 0.0 }
    let level = hours.map { _ in 5.0 }
    let spike = hours.map { $0 == 100 ? 1e9 : 0.0 }
    let specks = hours.map { $0 % 24 == 3 ? 1e-12 : 0.0 }
    let rising = (0..<72).map { Double($0) }
    return [zeros, level, spike, specks, rising]
  }()

  static let monday = time("2026-06-01T00:00:00Z")

  /// Hours of a day's rhythm with quieter weekends and seeded noise: of each day, and of each hour.
  static func history(
    days: Int, seed: UInt64, mean: Double = 100, dayNoise: Double = 0.05, hourNoise: Double = 0.03,
    growth: Double = 0
  ) -> TimeSeries {
    var random = SplitMix64(seed: seed)
    var values: [Double] = []
    for day in 0..<days {
      let level = Double.exp(dayNoise * random.normal() + growth * Double(day))
      let weekend = day % 7 >= 5 ? 0.7 : 1
      for hour in 0..<24 {
        let shape = 1 + 0.5 * Double.sin(2 * Double.pi * (Double(hour) - 9) / 24)
        values.append(mean * level * weekend * shape * Double.exp(hourNoise * random.normal()))
      }
    }
    return TimeSeries(start: monday, step: .seconds(3600), values: values)
  }

  static func policy(
    _ name: String = "web", rate: Double = 5, min: Int = 2, max: Int = 1000,
    boot: Duration = .seconds(90), price: Price? = Price(perReplicaHour: 0.1)
  ) -> ServicePolicy {
    guard let id = ServiceID(name) else { preconditionFailure("\(name) names no service") }
    // Four days of history keep the core's own fits short.
    return ServicePolicy(
      id: id, mode: .desired,
      fleet: FleetPolicy(ratePerReplica: rate, boot: boot, min: min, max: max),
      timing: ControlTiming(interval: .seconds(30), lag: .seconds(30)),
      objective: Objective(violation: 0.01),
      forecast: ForecastPolicy(history: .seconds(4 * 86_400)), price: price)
  }

  /// A response that needs no simulation: a tenth of headroom and half a replica.
  static let plainResponse = ReplicaResponse(
    ratePerReplica: 5, minimum: 2, maximum: 1000,
    check: ResponseCheck(learntHours: 0, judgedHours: 0, totalError: 0, hourlyError: 0),
    mean: ResponseCurve(SIMD8(0.5, 0, 1.1, 0, 0, 0, 0, 0)),
    peak: ResponseCurve(SIMD8(1, 0, 1.2, 0, 0, 0, 0, 0)), scatter: [1])

  static func forecaster(
    _ name: String = "web", seed: UInt64 = 1, days: Int = 42, mean: Double = 100,
    dayNoise: Double = 0.05
  ) throws -> ServiceForecaster {
    try ServiceForecaster(
      ServiceInput(
        policy: policy(name),
        history: history(days: days, seed: seed, mean: mean, dayNoise: dayNoise)),
      response: plainResponse)
  }

  static func request(
    _ forecaster: ServiceForecaster, days: Int, paths: Int = 200,
    dependence: Dependence = .independent, purchases: [String: PurchaseMix] = [:],
    scenario: ProvisioningScenario = .today
  ) -> ProvisioningRequest {
    ProvisioningRequest(
      start: forecaster.input.history.end, hours: 24 * days, paths: paths, scenario: scenario,
      purchases: purchases, dependence: dependence)
  }
}
