import Control
import Domain
import Foundation
import Provisioning

/// Milliseconds of one service: learning, calibrating, 35 days by the hour, 13 months by the month.
enum Speed {
  static func measure(folder: String) throws {
    print("service          learn+calibrate  35 d × 200  hourly rows  13 mo × 200  month rows")
    for trace in try TraceFolder.read(folder) where trace.series.count > 1000 {
      let input = ServiceInput(policy: Service.policy(for: trace), history: trace.series)
      var forecaster: ServiceForecaster?
      let learnt = try seconds { forecaster = try ServiceForecaster(input) }
      guard let forecaster else { continue }
      let start = ProvisioningRequest.start(
        after: trace.series.end, granularity: .hour, calendar: .utc)
      var near: TargetForecast?
      let five = try seconds {
        near = try forecaster.forecast(ProvisioningRequest(start: start, hours: 35 * 24))
      }
      let rows = seconds { _ = near?.periods(.hour) }
      var far: TargetForecast?
      let year = try seconds {
        far = try forecaster.forecast(ProvisioningRequest(start: start, hours: 395 * 24))
      }
      let months = seconds { _ = far?.periods(.month) }
      let check = forecaster.response.check
      print(
        trace.name.padding(toLength: 16, withPad: " ", startingAt: 0)
          + String(
            format: "%12.0f ms %8.1f ms %9.1f ms %9.1f ms %8.1f ms   total %+.2f %% hour %.2f %%",
            1e3 * learnt, 1e3 * five, 1e3 * rows, 1e3 * year, 1e3 * months,
            100 * check.totalError, 100 * check.hourlyError))
    }
  }

  private static func seconds(_ body: () throws -> Void) rethrows -> Double {
    let start = ContinuousClock.now
    try body()
    return (ContinuousClock.now - start) / .seconds(1)
  }
}

/// A trace as a service: so many requests per second and replica that its mean keeps 20 busy.
enum Service {
  static func policy(for trace: Trace, boot: Duration = .seconds(300)) -> ServicePolicy {
    let known = trace.series.values.filter { !$0.isNaN }
    let mean = known.reduce(0, +) / Double(max(1, known.count))
    var fleet = FleetPolicy(
      ratePerReplica: max(mean / 20, 1e-6), boot: boot, min: 2, max: 100_000)
    fleet.queueLimit = 250 * mean
    guard let id = ServiceID(trace.name) else { fatalError("a trace's name can name a service") }
    return ServicePolicy(
      id: id, mode: .desired, fleet: fleet, objective: Objective(violation: 0.01),
      price: Price(perReplicaHour: 0.096))
  }
}
