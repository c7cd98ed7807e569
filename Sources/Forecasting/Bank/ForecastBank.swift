/// The combination of few, different models: each forecasts from several origins in the past, and
/// weighs by how well it did there.
///
/// Eight candidates: Holt-Winters on three scales, an autoregression, a direct regression, the nearest
/// days, and the seasonal naive forecasts, which are always in the race. One configuration for all
/// series. A candidate that loses to the seasonal naive forecast is said to, and keeps its small weight:
/// without it the combination is worse, by 1 % to 4 % on M4 Hourly, depending on whether a day before
/// or the better of day and week is what it must beat. No floor is set by a candidate.
///
///     let forecast = try ForecastBank.fit(
///       values: requestsPerSecond, seasons: [24, 168], horizon: 48, quantiles: [0.5, 0.95])
///
/// - Note: Soft weights and several origins, because picking the one best model by one hold-out is
///   worse than either; after the M4 competition, Makridakis et al. (2020),
///   doi:10.1016/j.ijforecast.2019.04.014.
public enum ForecastBank {
  /// The fewest known values from which anything is forecast.
  public static let fewestValues = 8

  /// Fits all candidates and combines them.
  ///
  /// - Parameters:
  ///   - values: Oldest first, ≥ 0; NaN, infinite and negative ones are unknown. Units are kept.
  ///   - seasons: Periods in steps; those that the history does not support are left out, which the
  ///     result says.
  ///   - horizon: Steps to be forecast, at least 1; 1 … 48 are what it was tuned for.
  ///   - quantiles: Levels in 0 ..< 1, exclusive; others are clamped to 0.001 … 0.999.
  ///   - positions: One per value and then one per step of the horizon, indexing `seasons` in the
  ///     order given, when seasons jump (a day of 23 hours) or did not start at 0; nil when they do
  ///     not matter. Lags count plain steps in either case.
  /// - Throws: `FitFailure.tooFewValues` with fewer than `fewestValues` known values,
  ///   `.positionsDoNotFit`, or the last candidate's failure if none could be fitted.
  /// - Complexity: Linear in the history; 900 hourly values and 48 hours take 6 ms, 16,128
  ///   values of five minutes and a day 50 ms.
  public static func fit(
    values: [Double], seasons: [Int], horizon: Int, quantiles: [Double],
    positions: [SeasonPositions]? = nil
  ) throws(FitFailure) -> BankForecast {
    let history = try history(values, seasons, horizon: max(1, horizon), positions)
    let candidates = Candidate.racing(seasons: history.seasons)
    let scale = ResidualScale(for: values)
    let race = Race(history, residuals: scale)

    var fitted: [CandidateForecasts?] = []
    var failures: [FitFailure?] = []
    for candidate in candidates {
      do throws(FitFailure) {
        fitted.append(try candidate.forecasts(history))
        failures.append(nil)
      } catch {
        fitted.append(nil)
        failures.append(error)
      }
    }
    let running = fitted.compactMap { $0 }
    guard !running.isEmpty else { throw failures.compactMap { $0 }.last ?? .notFinite }

    let errors = running.map { race.errors($0.windows) }
    let weights = race.weights(running.map(\.windows))
    let combined = combine(running.map(\.windows), weights, scale)
    let residuals = zip(race.truths, combined).map { truths, forecasts in
      zip(truths, forecasts).map { scale.residual(truth: $0, forecast: $1) }
    }
    let spread = PredictiveQuantiles(
      residuals: residuals.isEmpty ? [inSample(history, scale)] : residuals,
      windowsPerFit: history.origins.windowsPerFit, horizon: history.origins.horizon, scale: scale,
      leastSpread: leastSpread(history, scale))
    return BankForecast(
      centres: combined.last ?? [], levels: quantiles, spread: spread,
      ceiling: Plausibility.ceiling(of: values), seasons: history.seasons,
      windows: race.truths.count,
      candidates: reports(candidates, failures, errors, weights),
      backbone: backbone(running, weights))
  }

  private static func history(
    _ values: [Double], _ lengths: [Int], horizon: Int, _ positions: [SeasonPositions]?
  ) throws(FitFailure) -> BankHistory {
    if let positions, positions.count != values.count + horizon {
      throw .positionsDoNotFit(steps: values.count + horizon, positions: positions.count)
    }
    let usable = values.filter { $0 >= 0 && $0.isFinite }
    guard usable.count >= fewestValues, let smallest = usable.min(), let largest = usable.max()
    else { throw .tooFewValues(known: usable.count, needed: fewestValues) }
    let seasons = Seasons.supported(lengths, by: values)
    // The seasons kept are sorted; positions are in the caller's order.
    let kept = positions.map { positions in
      positions.map { position in
        SeasonPositions(
          seasons.lengths.map { length in position[lengths.firstIndex(of: length) ?? 0] })
      }
    }
    return BankHistory(
      values: values,
      filled: try FilledSeries(
        values, seasons: seasons, positions: kept.map { Array($0.prefix(values.count)) }),
      seasons: seasons, positions: kept,
      origins: RollingOrigins(
        count: values.count, horizon: horizon,
        needed: max(2 * fewestValues, seasons.longest + seasons.shortest)),
      range: smallest...largest)
  }

  /// The weighted mean of the candidates' forecasts, window by window, on the scale of residuals: close
  /// to a geometric mean, which one candidate that goes too far moves less upward.
  private static func combine(
    _ windows: [[[Double]]], _ weights: [Double], _ scale: ResidualScale
  ) -> [[Double]] {
    guard let first = windows.first else { return [] }
    var sums = first.map { $0.map { _ in 0.0 } }
    for (candidate, weight) in zip(windows, weights) where weight > 0 {
      for (window, forecasts) in candidate.enumerated() {
        for (horizon, forecast) in forecasts.enumerated() {
          sums[window][horizon] += weight * scale.scaled(forecast)
        }
      }
    }
    return sums.map { $0.map(scale.unscaled) }
  }

  /// What a history too short for any origin says about errors: its changes from one period to the
  /// next.
  private static func inSample(_ history: BankHistory, _ scale: ResidualScale) -> [Double] {
    let period = max(1, history.seasons.shortest)
    return stride(from: period, to: history.values.count, by: 1).map {
      scale.residual(truth: history.values[$0], forecast: history.values[$0 - period])
    }
  }

  /// The smallest standard deviation: a fiftieth of the mean change from one period to the next, and at
  /// most 0.3 %; one per cent for a history without any change, so that no interval is a point.
  private static func leastSpread(_ history: BankHistory, _ scale: ResidualScale) -> Double {
    let changes = inSample(history, scale).filter(\.isFinite).map(\.magnitude)
    let usual = changes.reduce(0, +) / Double(max(1, changes.count))
    return usual > 0 ? min(0.003, 0.02 * usual) : 0.01
  }

  private static func reports(
    _ candidates: [Candidate], _ failures: [FitFailure?], _ errors: [ForecastErrors?],
    _ weights: [Double]
  ) -> [CandidateReport] {
    var results = zip(errors, weights).makeIterator()
    let found = failures.map { $0 == nil ? results.next() : nil }
    let naive = zip(candidates, found).compactMap { $0.isNaive ? $1?.0?.mase : nil }.min()
    return candidates.indices.map { index in
      let error = found[index]?.0
      let loses: Bool =
        if let error, let naive { !candidates[index].isNaive && error.mase > naive } else {
          !candidates[index].isNaive
        }
      return CandidateReport(
        name: candidates[index].name, weight: found[index]?.1 ?? 0, errors: error,
        losesToSeasonalNaive: loses, failure: failures[index])
    }
  }

  /// Holt-Winters on the scale that lost least; the first where nothing is known of any loss.
  private static func backbone(
    _ running: [CandidateForecasts], _ weights: [Double]
  ) -> HoltWinters? {
    var best: (model: HoltWinters, weight: Double)?
    for (candidate, weight) in zip(running, weights) {
      if let model = candidate.model, weight > best?.weight ?? -1 { best = (model, weight) }
    }
    return best?.model
  }
}
