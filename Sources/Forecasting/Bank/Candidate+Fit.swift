extension Candidate {
  /// Fits at every origin and forecasts from every window.
  func forecasts(_ history: BankHistory) throws(FitFailure) -> CandidateForecasts {
    switch self {
    case .holtWintersLogarithm:
      try Self.holtWinters(history, .logarithm(for: history.values))
    case .holtWintersSquareRoot:
      try Self.holtWinters(history, .squareRoot)
    case .holtWinters:
      try Self.holtWinters(history, .identity)
    case .autoregressionLogarithm:
      try Self.autoregression(history, .logarithm(for: history.values))
    case .direct:
      try Self.direct(history, .logarithm(for: history.values))
    case .nearestDays:
      try Self.nearestDays(history, .logarithm(for: history.values))
    case .naiveLongest:
      Self.naive(history, period: history.seasons.longest)
    case .naiveShortest:
      Self.naive(history, period: max(1, history.seasons.shortest))
    }
  }

  /// From the second origin on one search is enough: it begins where the one before it ended.
  private static func holtWinters(
    _ history: BankHistory, _ transform: Transform
  ) throws(FitFailure) -> CandidateForecasts {
    let horizon = history.origins.horizon
    let spacing = (horizon + 15) / 16
    let horizons = Array(stride(from: 1, through: horizon, by: spacing))
    var result = CandidateForecasts(windows: [], model: nil)
    for (number, cut) in history.origins.cuts.enumerated() {
      let count = history.values.count - cut
      let origins = (count - horizon) / 7
      let fit = try HoltWintersFit.fit(
        values: Array(history.values.prefix(count)), seasons: history.seasons,
        transform: transform, positions: history.positions.map { Array($0.prefix(count)) },
        options: HoltWintersFit.Options(
          horizons: horizons, stride: max(7, origins / 300 * 7),
          starts: result.model == nil ? 2 : 1, maximumPasses: 8,
          start: result.model?.parameters))
      var model = fit.model
      var at = count
      for window in history.origins.windows(ofFit: number) {
        let start = history.values.count - window
        for (offset, positions) in history.positions(from: at, count: start - at).enumerated() {
          model.advance(history.values[at + offset], at: positions)
        }
        at = start
        result.windows.append(
          model.forecast(at: history.positions(from: start, count: horizon)))
      }
      result.model = fit.model
    }
    return result
  }

  private static func autoregression(
    _ history: BankHistory, _ transform: Transform
  ) throws(FitFailure) -> CandidateForecasts {
    let values = history.filled.values.map(transform.apply)
    let cuts = history.origins.cuts
    let lags = LagAutoregression.lags(
      seasons: history.seasons, count: values.count - (cuts.first ?? 0))
    let day = history.seasons.count > 0 ? history.seasons.shortest : 24
    let models = try LagAutoregression.fit(
      values, known: history.filled.known, lags: lags, cuts: cuts, memory: 21 * Double(day))
    return CandidateForecasts(
      windows: forecast(history, transform) { fit, count in
        models[fit].forecast(after: values[..<count], steps: history.origins.horizon)
      })
  }

  private static func direct(
    _ history: BankHistory, _ transform: Transform
  ) throws(FitFailure) -> CandidateForecasts {
    let values = history.filled.values.map(transform.apply)
    let cuts = history.origins.cuts
    let models = try DirectRegression.fit(
      values, known: history.filled.known, seasons: history.seasons,
      horizon: history.origins.horizon, cuts: cuts)
    let features = DirectFeatures(
      values, seasons: history.seasons, scaleFrom: values.count - (cuts.first ?? 0))
    return CandidateForecasts(
      windows: forecast(history, transform) { fit, count in
        models[fit].forecast(features, count: count)
      })
  }

  private static func nearestDays(
    _ history: BankHistory, _ transform: Transform
  ) throws(FitFailure) -> CandidateForecasts {
    let count = history.values.count - (history.origins.cuts.first ?? 0)
    guard let days = NearestDays(seasons: history.seasons), count >= days.needed else {
      throw .tooFewValues(known: count, needed: 3 * history.seasons.shortest)
    }
    let values = history.filled.values.map(transform.apply)
    return CandidateForecasts(
      windows: forecast(history, transform) { _, count in
        days.forecast(after: values[..<count], steps: history.origins.horizon)
      })
  }

  private static func naive(_ history: BankHistory, period: Int) -> CandidateForecasts {
    CandidateForecasts(
      windows: forecast(history, .identity) { _, count in
        (0..<history.origins.horizon).map {
          let back = count - period + $0 % period
          return back >= 0 ? history.filled.values[back] : history.filled.values[0]
        }
      })
  }

  /// Every window's forecasts, taken back to the units of the series and kept plausible.
  private static func forecast(
    _ history: BankHistory, _ transform: Transform,
    _ transformed: (_ fit: Int, _ count: Int) -> [Double]
  ) -> [[Double]] {
    var windows: [[Double]] = []
    for fit in history.origins.cuts.indices {
      for window in history.origins.windows(ofFit: fit) {
        windows.append(
          transformed(fit, history.values.count - window).map {
            history.plausible(transform.invert($0))
          })
      }
    }
    return windows
  }
}
