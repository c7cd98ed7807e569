import Control
import Domain
import Simulation
import Testing

@testable import Provisioning

@Suite("What the policy buys")
struct ResponseTests {
  @Test("the calibrated response agrees with the decision core on a future that it never saw")
  func agreesWithCore() throws {
    let input = ServiceInput(
      policy: Worlds.policy(), history: Worlds.history(days: 16, seed: 8))
    let forecaster = try ServiceForecaster(
      input, calibration: ResponseCalibration(days: 3, loads: [1]))
    let request = ProvisioningRequest(start: input.history.end, hours: 24, paths: 2, seed: 11)
    let forecast = try forecaster.forecast(request)
    for path in 0..<2 {
      // The core itself on this future, with the past to learn from.
      let future = (0..<24).map { Double(forecast.paths.demand[$0 * 2 + path]) }
      let trace = TimeSeries(
        start: input.history.start, step: input.history.step,
        values: input.history.values + future)
      let scenario = input.scenario(from: input.history.end, to: trace.end)
      let world = try SimulatedWorld(scenario, trace: trace)
      let outcome = world.run(input.ownPolicy())
      let response = (0..<24).reduce(0.0) {
        $0 + Double(forecast.paths.units[$1 * 2 + path])
      }
      let error = response / outcome.scorecard.replicaHours - 1
      #expect(error.magnitude < 0.03, "path \(path): \(error)")
    }
    let check = forecaster.response.check
    #expect(check.judgedHours > 15 && check.totalError.magnitude < 0.03)
    #expect(check.hourlyError < 0.06)
  }

  @Test("no hour goes below the minimum or above the maximum")
  func bounds() throws {
    let input = ServiceInput(
      policy: Worlds.policy(min: 12, max: 30), history: Worlds.history(days: 14, seed: 3))
    let forecaster = try ServiceForecaster(input, response: Worlds.plainResponse)
    let forecast = try forecaster.forecast(
      ProvisioningRequest(start: input.history.end, hours: 72, paths: 20))
    #expect(forecast.paths.units.allSatisfy { $0 >= 12 && $0 <= 30 })
    #expect(forecast.paths.peaks.allSatisfy { $0 >= 12 && $0 <= 30 })
    #expect(forecast.paths.units.contains(12) && forecast.paths.units.contains(30))
    let night = forecast.periods(.hour)[3]
    #expect(night.floorUnits == 12)
  }

  @Test("more demand never takes fewer instances", arguments: [UInt64](1...10))
  func monotone(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    let response = Worlds.plainResponse
    for _ in 0..<100 {
      let rate = 1000 * random.uniform()
      let less = response.expected(before: rate, now: rate, after: rate)
      let more = response.expected(before: rate * 1.1, now: rate * 1.1, after: rate * 1.1)
      #expect(more.mean >= less.mean && more.peak >= less.peak && less.peak >= less.mean)
    }
  }

  @Test("a downstream limit bounds the fleet")
  func downstream() {
    var policy = Worlds.policy(max: 100)
    policy.downstream = [.init(name: "postgres", perReplica: 10, limit: 405)]
    #expect(
      ServiceInput(policy: policy, history: Worlds.history(days: 3, seed: 1)).replicaLimit == 40)
  }
}

@Suite("Response curve")
struct ResponseCurveTests {
  @Test("equals the weighted features that it was fitted with", arguments: [UInt64](1...20))
  func equalsFeatures(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    var coefficients = SIMD8<Double>.zero
    for index in 0..<7 { coefficients[index] = random.normal() }
    let curve = ResponseCurve(coefficients)
    for _ in 0..<50 {
      let (before, now, after) = (
        100 * random.uniform(), 100 * random.uniform(), 100 * random.uniform()
      )
      let row = ResponseFeatures.row(before: before, now: now, after: after)
      let direct = (coefficients * row).sum()
      #expect((curve.value(before, now, after) - direct).magnitude < 1e-9, "seed \(seed)")
    }
  }
}
