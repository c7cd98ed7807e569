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

  /// Many series at once, one step ahead from one start without trend, and how much worse their losses
  /// are than those of fits one by one.
  static func fleet() throws {
    guard let seasons = Seasons(lengths) else { return }
    let histories = (0..<512).map { demand(seed: UInt64($0)) }
    let options = HoltWintersFit.Options(trend: false, starts: 1)
    var fits: [Result<HoltWintersFit, FitFailure>] = []
    let time = milliseconds {
      fits = HoltWintersFit.fit(
        fleet: histories, seasons: seasons,
        transforms: histories.map { _ in .identity }, options: options)
    }
    var excess: [Double] = []
    for (history, fit) in zip(histories, fits).prefix(128) {
      let alone = try HoltWintersFit.fit(
        values: history, seasons: seasons, transform: .identity, options: options)
      excess.append(try fit.get().loss / alone.loss - 1)
    }
    excess.sort()
    let passes = fits.compactMap { try? $0.get().passes }.reduce(0, +)
    print(
      "fleet of \(histories.count): \(text(time)) ms, "
        + "\(text(1000 * Double(histories.count) / time)) fits a second on one core, "
        + "\(text(Double(passes) / Double(histories.count))) passes each; loss beyond that of "
        + "fits one by one: least \(percent(excess[0])), median \(percent(excess[64])), "
        + "90 of 100 within \(percent(excess[115])), largest \(percent(excess[127]))")
  }

  static func tick() throws {
    guard let seasons = Seasons(lengths) else { return }
    let values = demand()
    var model = try HoltWintersFit.fit(
      values: values, seasons: seasons, transform: .logarithm(for: values)
    ).model
    var lead = try LeadDemandFit.fit(
      values: values, seasons: seasons, lead: LeadWindow(opens: 1, closes: 2)
    ).model
    var sum = 0.0
    let rounds = 200_000
    var times: [Double] = []
    times.reserveCapacity(rounds)
    let total = milliseconds {
      for step in 0..<rounds {
        let positions = seasons.positions(ofStep: step)
        let start = DispatchTime.now().uptimeNanoseconds
        model.advance(values[step % count], at: positions)
        sum += model.forecast(at: seasons.positions(ofStep: step + 12), stepsAhead: 12)
        lead.advance(values[step % count], at: positions)
        sum += lead.upper(quantile: 0.99) ?? 0
        times.append(1e-3 * Double(DispatchTime.now().uptimeNanoseconds - start))
      }
    }
    times.sort()
    print(
      "advance both models, forecast at 12 steps, quantile at the lead: "
        + "mean \(text(1000 * total / Double(rounds))) us of processor time, "
        + "p99 \(text(times[rounds * 99 / 100])) us (\(sum > 0))")
    var writer = StateWriter()
    model.writeState(to: &writer)
    let backbone = writer.bytes.count
    writer = StateWriter()
    lead.writeState(to: &writer)
    print("state of one service: Holt-Winters \(backbone) bytes, lead \(writer.bytes.count) bytes")
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

  private static func percent(_ part: Double) -> String { text(100 * part) + " %" }

  private static func text(_ value: Double) -> String { String(format: "%.3f", value) }

  /// Processor time of this thread.
  static func milliseconds(_ body: () throws -> Void) rethrows -> Double {
    func now() -> Double {
      var time = timespec()
      clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
      return 1000 * Double(time.tv_sec) + 1e-6 * Double(time.tv_nsec)
    }
    let start = now()
    try body()
    return now() - start
  }

  /// Demand with a day and a week, a drift and noise that hangs together.
  static func demand(seed: UInt64 = 7, count: Int = count, day: Double = 288) -> [Double] {
    var state = seed
    func uniform() -> Double {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Double(state >> 11) * 0x1p-53
    }
    var noise = 0.0
    return (0..<count).map { step in
      noise = 0.7 * noise + 3 * (uniform() + uniform() + uniform() - 1.5)
      let time = Double(step)
      let daily = 80 * sin(2 * .pi * time / day)
      let weekly = 25 * sin(2 * .pi * time / (7 * day))
      return 300 + 0.002 * time + daily + weekly + noise
    }
  }
}
