import Forecasting
import Foundation

/// What a day of refits costs a fleet of 10,000 services with eight weeks of five minutes each, by the
/// processor time of a few of them.
enum Refits {
  private static let services = 10_000.0

  static func day() throws {
    guard let seasons = Seasons(Speed.lengths) else { return }
    let histories = (0..<24).map { Speed.demand(seed: UInt64(1000 + $0)) }
    let spread = Array(stride(from: 1, through: 288, by: 18))
    let backbone = try mean(histories) { values in
      _ = try HoltWintersFit.fit(
        values: values, seasons: seasons, transform: .logarithm(for: values),
        options: .init(horizons: spread, stride: 49))
    }
    let combination = try mean(histories) { values in
      _ = try ForecastBank.fit(
        values: values, seasons: Speed.lengths, horizon: 288, quantiles: [0.5, 0.95, 0.99])
    }
    let regression = try mean(histories) { values in
      _ = try LeadDemandFit.fit(
        values: values, seasons: seasons, lead: LeadWindow(opens: 1, closes: 2))
    }
    print(
      "backbone as shipped \(text(backbone)) ms a service: "
        + "\(text(backbone * services / 2000)) s for 10,000 on 2 cores")
    print(
      "combination \(text(combination)) ms and regression stack \(text(regression)) ms a service: "
        + "\(text(100 * (combination + regression) * services / 1000 / 86_400)) % of one core "
        + "for 10,000 spread over a day")
  }

  /// Milliseconds of processor time of each.
  private static func mean(_ histories: [[Double]], _ body: ([Double]) throws -> Void) rethrows
    -> Double
  {
    try Speed.milliseconds { for values in histories { try body(values) } }
      / Double(histories.count)
  }

  private static func text(_ value: Double) -> String { String(format: "%.1f", value) }
}
