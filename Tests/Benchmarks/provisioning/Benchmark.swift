import Domain
import Foundation
import Provisioning

/// Measures what provisioning says against what came.
///
///     ProvisioningBenchmark demand [FOLDER [M4-FILE]]   coverage and bias of the last fortnight
///     ProvisioningBenchmark days [FOLDER]               which days of it made the bias
///     ProvisioningBenchmark units [FOLDER]              the same for what the decision core runs
///     ProvisioningBenchmark growth [FOLDER [FACTOR]]    a month at three times the load
///     ProvisioningBenchmark speed [FOLDER]              milliseconds of one service
///
/// FOLDER holds `timestamp,rate` files and is `models/traces` unless said. M4-FILE is the
/// competition's `Hourly-train.csv`, which carries no licence and is not part of this project.
@main
struct Benchmark {
  static func main() async throws {
    let arguments = Array(CommandLine.arguments.dropFirst())
    let folder = arguments.dropFirst().first ?? "models/traces"
    let more = arguments.dropFirst(2).first
    switch arguments.first {
    case "demand": try Demand.measure(folder: folder, m4: more)
    case "days": try Demand.measureDays(folder: folder)
    case "units": try Demand.measureUnits(folder: folder)
    case "growth":
      try await Growth.measure(folder: folder, factor: more.flatMap { Double($0) } ?? 3)
    case "speed": try Speed.measure(folder: folder)
    default: print("modes: demand [FOLDER [M4-FILE]], days, units, growth, speed [FOLDER]")
    }
  }
}
