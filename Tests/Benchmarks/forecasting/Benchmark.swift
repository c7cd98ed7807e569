import Forecasting
import Foundation

/// Measures the numeric core; each mode prints one line per figure.
///
///     ForecastingBenchmark m4 FILE [HELD-OUT-STEPS JOBS]   accuracy, intervals and seconds on M4 Hourly
///     ForecastingBenchmark fit                             milliseconds of one Holt-Winters fit
///     ForecastingBenchmark fleet                           fits a second of many series at once
///     ForecastingBenchmark tick                            microseconds per service and tick, bytes
///     ForecastingBenchmark bank                            milliseconds of the whole combination
///     ForecastingBenchmark day                             a day of refits of 10,000 services
///     ForecastingBenchmark calibration models/traces       exceedance of upper quantiles
///     ForecastingBenchmark answers                         forecasts with all digits, to compare
///
/// FILE is the competition's `Hourly-train.csv`, which carries no licence and is not part of this
/// project. The last HELD-OUT-STEPS of each series (48 unless said) are forecast from what is before.
@main
struct Benchmark {
  static func main() throws {
    let arguments = Array(CommandLine.arguments.dropFirst())
    switch arguments.first {
    case "m4" where arguments.count > 1:
      let numbers = arguments.dropFirst(2).compactMap { Int($0) }
      try M4Hourly.measure(
        file: arguments[1], heldOut: numbers.first ?? 48, jobs: numbers.dropFirst().first ?? 2)
    case "fit": try Speed.fit()
    case "fleet": try Speed.fleet()
    case "tick": try Speed.tick()
    case "bank": try Speed.bank()
    case "day": try Refits.day()
    case "answers": try Answers.write()
    case "calibration" where arguments.count > 1: try Calibration.measure(folder: arguments[1])
    default:
      print(
        "modes: m4 FILE [HELD-OUT-STEPS JOBS], fit, fleet, tick, bank, day, calibration FOLDER, "
          + "answers")
    }
  }
}
