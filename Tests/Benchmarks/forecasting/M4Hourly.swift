import Forecasting
import Foundation
import Synchronization

/// The competition's hourly series with the last steps of the training part held out.
enum M4Hourly {
  static let horizon = 48
  static let levels = [0.025, 0.1, 0.5, 0.9, 0.95, 0.975, 0.99]

  static func measure(file: String, heldOut: Int, jobs: Int) throws {
    let series = try read(file)
    let start = ContinuousClock.now
    let forecasts = try forecast(series, heldOut: heldOut, jobs: max(1, jobs))
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    var ours = PointErrors()
    var naive = PointErrors()
    var intervals = IntervalErrors()
    for (values, forecast) in zip(series, forecasts) {
      let history = Array(values.dropLast(heldOut))
      let truth = Array(values.dropFirst(history.count).prefix(horizon))
      let scale = Naive2.scale(history)
      ours.add(truth, forecast.median, scale)
      naive.add(truth, Naive2.forecast(history, steps: horizon), scale)
      intervals.add(truth, forecast.quantiles, scale)
    }
    print("series \(series.count), jobs \(jobs): \(text(seconds)) s")
    print("naive 2: sMAPE \(text(naive.smape)) MASE \(text(naive.mase))")
    print("p50: sMAPE \(text(ours.smape)) MASE \(text(ours.mase))")
    let owa = 0.5 * (ours.smape / naive.smape + ours.mase / naive.mase)
    let published = 0.5 * (ours.smape / 18.383 + ours.mase / 2.395)
    print("OWA \(text(owa)) by naive 2 of these hours, \(text(published)) by the published one")
    print(intervals.summary)
  }

  static func text(_ value: Double) -> String { String(format: "%.4f", value) }

  private static func read(_ file: String) throws -> [[Double]] {
    let text = try String(contentsOfFile: file, encoding: .utf8)
    return text.split(whereSeparator: \.isNewline).dropFirst().map { line in
      line.split(separator: ",").dropFirst().compactMap { field in
        Double(field.filter { $0 != "\"" })
      }
    }
  }

  private static func forecast(_ series: [[Double]], heldOut: Int, jobs: Int) throws
    -> [BankForecast]
  {
    let results = Results(count: series.count)
    DispatchQueue.concurrentPerform(iterations: jobs) { _ in
      while let index = results.next() {
        let forecast = try? ForecastBank.fit(
          values: Array(series[index].dropLast(heldOut)), seasons: [24, 168], horizon: horizon,
          quantiles: levels)
        results.set(index, forecast)
      }
    }
    return results.all
  }
}

/// Results of several threads, by index.
private final class Results: Sendable {
  private let state: Mutex<(next: Int, forecasts: [BankForecast?])>
  private let count: Int

  init(count: Int) {
    self.count = count
    state = Mutex((0, Array(repeating: nil, count: count)))
  }

  func next() -> Int? {
    state.withLock { state in
      guard state.next < count else { return nil }
      state.next += 1
      return state.next - 1
    }
  }

  func set(_ index: Int, _ forecast: BankForecast?) {
    state.withLock { $0.forecasts[index] = forecast }
  }

  var all: [BankForecast] { state.withLock { $0.forecasts.compactMap { $0 } } }
}
