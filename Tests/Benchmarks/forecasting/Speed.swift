import Forecasting
import Foundation

/// Times on made demand of eight weeks in steps of five minutes: 16,128 points, a day and a week.
enum Speed {
  static let count = 16_128
  static let lengths = [288, 2016]

  static func fit() throws {
    guard let seasons = Seasons(lengths) else { return }
    let values = demand()
    let spread = Array(stride(from: 1, through: 288, by: 18))
    let cases: [(String, HoltWintersFit.Options)] = [
      ("one step ahead, one start, no trend", .init(trend: false, starts: 1)),
      ("16 horizons over a day, damped trend, two starts", .init(horizons: spread, stride: 49)),
    ]
    for (name, options) in cases {
      var passes = 0
      let times = try (0..<15).map { _ in
        try milliseconds {
          passes =
            try HoltWintersFit.fit(
              values: values, seasons: seasons, transform: .identity, options: options
            ).passes
        }
      }.sorted()
      print(
        "fit, \(name): least \(text(times[0])) ms, median \(text(times[7])) ms, \(passes) passes")
    }
  }

  static func tick() throws {
    guard let seasons = Seasons(lengths) else { return }
    let values = demand()
    var model = try HoltWintersFit.fit(
      values: values, seasons: seasons, transform: .logarithm(for: values)
    ).model
    var sum = 0.0
    let rounds = 200_000
    let time = milliseconds {
      for step in 0..<rounds {
        model.advance(values[step % count], at: seasons.positions(ofStep: step))
        sum += model.forecast(at: seasons.positions(ofStep: step + 12), stepsAhead: 12)
      }
    }
    print("advance and forecast at 12 steps: \(text(1000 * time / Double(rounds))) us (\(sum > 0))")
  }

  static func bank() throws {
    let values = demand()
    for horizon in [12, 288] {
      let time = try milliseconds {
        _ = try ForecastBank.fit(
          values: values, seasons: lengths, horizon: horizon, quantiles: [0.5, 0.95, 0.99])
      }
      print("combination, \(horizon) steps: \(text(time)) ms")
    }
  }

  private static func text(_ value: Double) -> String { String(format: "%.3f", value) }

  /// Processor time of this thread.
  private static func milliseconds(_ body: () throws -> Void) rethrows -> Double {
    func now() -> Double {
      var time = timespec()
      clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
      return 1000 * Double(time.tv_sec) + 1e-6 * Double(time.tv_nsec)
    }
    let start = now()
    try body()
    return now() - start
  }

  private static func demand() -> [Double] {
    var state: UInt64 = 7
    func uniform() -> Double {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Double(state >> 11) * 0x1p-53
    }
    var noise = 0.0
    return (0..<count).map { step in
      noise = 0.7 * noise + 3 * (uniform() + uniform() + uniform() - 1.5)
      let time = Double(step)
      return 300 + 0.002 * time + 80 * sin(2 * .pi * time / 288) + 25 * sin(2 * .pi * time / 2016)
        + noise
    }
  }
}
