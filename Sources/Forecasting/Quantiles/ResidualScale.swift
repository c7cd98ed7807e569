import RealModule

/// The scale on which forecast errors are compared: logarithms of the ratio of truth and forecast,
/// with an offset that keeps zeros finite. Errors of a busy and of a quiet hour are then alike.
struct ResidualScale: Sendable, Equatable {
  /// In units of the series, > 0.
  let offset: Double

  /// - Parameter values: The history; NaN is unknown.
  init(for values: [Double]) {
    if case .logarithm(let offset) = Transform.logarithm(for: values) {
      self.offset = offset
    } else {
      offset = 1
    }
  }

  /// A value of the series on this scale.
  func scaled(_ value: Double) -> Double { Double.log(value + offset) }

  /// The value of the series, never below 0, that `scaled` takes there.
  func unscaled(_ value: Double) -> Double { max(0, Double.exp(value) - offset) }

  func residual(truth: Double, forecast: Double) -> Double {
    Double.log((truth + offset) / (forecast + offset))
  }

  /// The value that lies a residual away from a forecast, never below 0.
  func moved(_ forecast: Double, by residual: Double) -> Double {
    max(0, (forecast + offset) * Double.exp(residual) - offset)
  }

  /// The size of residual that a part `level` of all known ones do not exceed; 0 if none is known.
  func spread(forecasts: [[Double]], truths: [[Double]], level: Double) -> Double {
    var sizes: [Double] = []
    for (window, truth) in truths.enumerated() {
      for (horizon, actual) in truth.enumerated() where !actual.isNaN {
        sizes.append(residual(truth: actual, forecast: forecasts[window][horizon]).magnitude)
      }
    }
    sizes.sort()
    return sizes.isEmpty ? 0 : Order.quantile(level, sorted: sizes)
  }
}
