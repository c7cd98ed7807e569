import RealModule

/// The candidates' forecasts of windows whose truth is known, and what follows from their errors.
struct Race {
  /// Per window, the values that came; NaN where unknown.
  let truths: [[Double]]
  /// What an absolute error is divided by; > 0.
  let scale: Double
  let residuals: ResidualScale
  private let windowsPerFit: Int

  /// The power of the inverse loss that a weight is: soft, but the good ones dominate.
  static let power = 4
  /// What the windows of a fit count for in weights beside those of the next younger fit.
  static let fading = 0.81

  init(_ history: BankHistory, residuals: ResidualScale) {
    var truths: [[Double]] = []
    for fit in history.origins.cuts.indices.dropLast() {
      for window in history.origins.windows(ofFit: fit) {
        let start = history.values.count - window
        truths.append(
          (start..<(start + history.origins.horizon)).map { step in
            guard step < history.values.count else { return .nan }
            let value = history.values[step]
            return value >= 0 && value.isFinite ? value : .nan
          })
      }
    }
    self.truths = truths
    self.residuals = residuals
    windowsPerFit = max(1, history.origins.windowsPerFit)
    scale = Self.naiveError(history.values, period: max(1, history.seasons.shortest))
  }

  /// Mean absolute change over a period, where both ends are known; 1 if there is none.
  private static func naiveError(_ values: [Double], period: Int) -> Double {
    var sum = 0.0
    var count = 0.0
    for step in stride(from: period, to: values.count, by: 1) {
      let change = (values[step] - values[step - period]).magnitude
      if change.isFinite {
        sum += change
        count += 1
      }
    }
    return sum > 0 ? sum / count : 1
  }

  /// Errors over all windows, nil if nothing is known of any.
  func errors(_ forecasts: [[Double]]) -> ForecastErrors? {
    var absolute = 0.0
    var relative = 0.0
    var pinball = 0.0
    var count = 0.0
    let spread = residuals.spread(forecasts: forecasts, truths: truths, level: 0.8)
    for (window, truth) in truths.enumerated() {
      for (horizon, actual) in truth.enumerated() where !actual.isNaN {
        let forecast = forecasts[window][horizon]
        let error = (actual - forecast).magnitude
        absolute += error
        let size = actual.magnitude + forecast.magnitude
        relative += size > 0 ? 200 * error / size : 0
        let low = residuals.moved(forecast, by: -spread)
        let high = residuals.moved(forecast, by: spread)
        pinball += Self.pinball(actual, low, 0.1)
        pinball += Self.pinball(actual, forecast, 0.5)
        pinball += Self.pinball(actual, high, 0.9)
        count += 1
      }
    }
    guard count > 0 else { return nil }
    return ForecastErrors(
      mase: absolute / count / scale, smape: relative / count,
      pinball: pinball / count / 3 / scale)
  }

  /// Weights of candidates by their forecasts' errors relative to their size, of which younger ones
  /// count for more; equal ones where nothing is known of any window.
  func weights(_ candidates: [[[Double]]]) -> [Double] {
    let losses = candidates.map { max(loss($0), 1e-6) }
    let least = losses.min() ?? 1
    let raw = losses.map { Double.pow(least / $0, Self.power) }
    let sum = raw.reduce(0, +)
    return raw.map { $0 / sum }
  }

  /// Mean of |error| / (|truth| + |forecast|) over all windows, fading with their age.
  private func loss(_ forecasts: [[Double]]) -> Double {
    var sum = 0.0
    var count = 0.0
    for (window, truth) in truths.enumerated() {
      let age = Double(truths.count - 1 - window) / Double(windowsPerFit)
      let part = Double.pow(Self.fading, age)
      for (actual, forecast) in zip(truth, forecasts[window]) where !actual.isNaN {
        let size = actual.magnitude + forecast.magnitude
        sum += size > 0 ? part * (actual - forecast).magnitude / size : 0
        count += part
      }
    }
    return count > 0 ? sum / count : 1
  }

  private static func pinball(_ truth: Double, _ quantile: Double, _ level: Double) -> Double {
    truth >= quantile ? level * (truth - quantile) : (1 - level) * (quantile - truth)
  }
}
