import Domain
import Forecasting

extension FloorOutlook {
  /// Fits an outlook to past means, with announced events taken out.
  ///
  /// The margins come from a rolling origin: a model fitted to the first three quarters forecasts its
  /// way through the last one. If it is beaten there by the season before, there is no outlook: a
  /// model that loses to the seasonal naive forecast sets no floor.
  ///
  /// - Parameters:
  ///   - history: At a step that divides the outlook's; NaN where unknown.
  ///   - level: Of the upper demand; clamped to 0.5 … `deepestLevel`.
  /// - Returns: nil also where three quarters of the history hold no season twice.
  static func fit(_ history: TimeSeries, policy: ServicePolicy, level: Double) -> FloorOutlook? {
    guard let step = step(for: policy, fine: history.step) else { return nil }
    let factor = Int(step.wholeSeconds / history.step.wholeSeconds)
    let coarse = history.coarsened(by: factor)
    // A season counts that the probe's part of the history holds twice.
    let training = coarse.count * 3 / 4
    let periods = policy.forecast.periods.filter {
      training >= 2 * Int($0.wholeSeconds / step.wholeSeconds)
    }
    let calendar = SeasonCalendar(step: step, periods: periods.sorted(), zone: policy.forecast.zone)
    guard calendar.seasons.count > 0 else { return nil }
    let positions = coarse.values.indices.map { calendar.positions(at: coarse.time(at: $0)) }
    let clamped = min(max(level, 0.5), deepestLevel)
    guard
      var probe = model(Array(coarse.values[..<training]), calendar, positions[..<training])
    else { return nil }
    var trial = Trial(coarse.values, positions, period: calendar.seasons.longest)
    for index in training..<coarse.count {
      trial.judge(probe, at: index)
      probe.advance(coarse[index], at: positions[index])
    }
    guard !trial.losesToNaive,
      let model = model(coarse.values, calendar, positions[...])
    else { return nil }
    return FloorOutlook(
      step: step, calendar: calendar, model: model, margins: trial.margins(level: clamped),
      level: clamped, from: coarse.end)
  }

  /// A 96th of the shortest season in whole steps of the history; nil for seasons too short for it.
  static func step(for policy: ServicePolicy, fine: Duration) -> Duration? {
    guard let shortest = policy.forecast.periods.min() else { return nil }
    let width = max(1, fine.wholeSeconds)
    var factor = max(1, shortest.wholeSeconds / 96 / width)
    // The season has to be whole steps.
    while factor > 1, shortest.wholeSeconds % (factor * width) != 0 { factor -= 1 }
    return .seconds(factor * width)
  }

  private static func model(
    _ values: [Double], _ calendar: SeasonCalendar, _ positions: ArraySlice<SeasonPositions>
  ) -> HoltWinters? {
    let seasons = Seasons.supported(calendar.seasons.lengths, by: values)
    guard seasons == calendar.seasons else { return nil }
    return try? HoltWintersFit.fit(
      values: values, seasons: seasons, transform: .logarithm(for: values),
      positions: Array(positions),
      options: HoltWintersFit.Options(
        horizons: [1, 4, 16, 64], stride: 7, starts: 1, maximumPasses: 12)
    ).model
  }
}

/// Forecasts of the last quarter of a history against what came.
private struct Trial {
  let values: [Double]
  let positions: [SeasonPositions]
  let period: Int
  /// Per horizon, what came over what was forecast.
  var ratios: [[Double]]
  var error = 0.0
  var naiveError = 0.0

  init(_ values: [Double], _ positions: [SeasonPositions], period: Int) {
    self.values = values
    self.positions = positions
    self.period = period
    ratios = FloorOutlook.horizons.map { _ in [] }
  }

  mutating func judge(_ model: HoltWinters, at origin: Int) {
    for (number, ahead) in FloorOutlook.horizons.enumerated() {
      let target = origin + ahead - 1
      guard target < values.count, !values[target].isNaN else { continue }
      let forecast = model.forecast(at: positions[target], stepsAhead: ahead)
      if forecast > 0 { ratios[number].append(values[target] / forecast) }
      let before = target - period
      guard before >= 0, !values[before].isNaN else { continue }
      error += (values[target] - forecast).magnitude
      naiveError += (values[target] - values[before]).magnitude
    }
  }

  var losesToNaive: Bool { error > naiveError }

  /// The quantile of each horizon's ratios; never below what a shorter horizon has, nor below one.
  func margins(level: Double) -> [Double] {
    var least = 1.0
    return ratios.map { ratios in
      let sorted = ratios.sorted()
      if !sorted.isEmpty {
        let rank = Int((level * Double(sorted.count)).rounded(.up))
        least = max(least, min(sorted[min(max(rank, 1), sorted.count) - 1], 10))
      }
      return least
    }
  }
}
