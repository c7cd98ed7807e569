import Forecasting
import Foundation

/// What the numeric core answers for made series, one number a line with all its digits: to be
/// compared between processes and instruction sets, see `forecasting-peers/instruction-sets.sh`.
enum Answers {
  static func write() throws {
    for seed in 1...4 {
      let values = Speed.demand(seed: UInt64(seed), count: 1344, day: 48)
      guard let seasons = Seasons([48, 336]) else { return }
      let fit = try HoltWintersFit.fit(
        values: values, seasons: seasons, transform: .logarithm(for: values),
        options: .init(horizons: [1, 4, 12, 48]))
      write("holt-winters \(seed)", fit.model.forecast(steps: 48, from: SeasonPositions([0, 0])))
      let bank = try ForecastBank.fit(
        values: values, seasons: [48, 336], horizon: 48, quantiles: [0.05, 0.5, 0.95])
      write("bank \(seed)", bank.mean + bank.quantiles.joined())
      let lead = try LeadDemandFit.fit(
        values: values, seasons: seasons, lead: LeadWindow(opens: 3, closes: 4)
      ).model
      write("lead \(seed)", [0.5, 0.9, 0.99].compactMap { lead.upper(quantile: $0) })
    }
  }

  private static func write(_ name: String, _ values: [Double]) {
    for (index, value) in values.enumerated() { print("\(name) \(index) \(value)") }
  }
}
