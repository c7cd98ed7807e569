import Domain
import Forecasting

extension FloorOutlook {
  /// Fits an outlook to past means, with announced events taken out.
  ///
  /// The margins come from a rolling origin: a model fitted to the first three quarters forecasts its
  /// way through the last one. If it is beaten there by the season before, as on days that repeat to
  /// the minute, the season before is the outlook, with margins from a race of its own.
  ///
  /// - Parameters:
  ///   - history: At a step that divides the outlook's; NaN where unknown.
  ///   - level: Of the upper demand; clamped to 0.5 … `deepestLevel`.
  /// - Returns: nil where three quarters of the history hold no season twice.
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
    let past = OutlookPast(
      coarse.values, coarse.values.indices.map { calendar.positions(at: coarse.time(at: $0)) },
      training: training, seasons: calendar.seasons)
    guard let (model, trial) = past.seasonalOutlook() ?? past.seasonBefore() else { return nil }
    let clamped = min(max(level, 0.5), deepestLevel)
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
}

/// A history in the steps of an outlook, cut where the models are tried.
private struct OutlookPast {
  let values: [Double]
  let positions: [SeasonPositions]
  let training: Int
  let seasons: Seasons

  init(_ values: [Double], _ positions: [SeasonPositions], training: Int, seasons: Seasons) {
    self.values = values
    self.positions = positions
    self.training = training
    self.seasons = seasons
  }

  /// The seasonal model of everything; nil where it cannot be fitted or loses to the season before.
  func seasonalOutlook() -> (OutlookModel, Trial)? {
    guard seasons.count > 0, let probe = fitted(to: training) else { return nil }
    let trial = raced(.seasonal(probe))
    guard !trial.losesToNaive, let model = fitted(to: values.count) else { return nil }
    return (.seasonal(model), trial)
  }

  /// The season before; nil without a season.
  func seasonBefore() -> (OutlookModel, Trial)? {
    guard var memory = SeasonBefore(seasons) else { return nil }
    for index in 0..<training { memory.advance(known(index), at: positions[index]) }
    let trial = raced(.seasonBefore(memory))
    for index in training..<values.count { memory.advance(known(index), at: positions[index]) }
    return (.seasonBefore(memory), trial)
  }

  /// A model as of the cut is led through what follows.
  private func raced(_ start: OutlookModel) -> Trial {
    var model = start
    var trial = Trial(values, positions, period: seasons.longest)
    for index in training..<values.count {
      trial.judge(model, at: index)
      model.advance(known(index), at: positions[index])
    }
    return trial
  }

  private func known(_ index: Int) -> Double? { values[index].isNaN ? nil : values[index] }

  private func fitted(to end: Int) -> HoltWinters? {
    let part = Array(values[..<end])
    guard Seasons.supported(seasons.lengths, by: part) == seasons else { return nil }
    return try? HoltWintersFit.fit(
      values: part, seasons: seasons, transform: .logarithm(for: part),
      positions: Array(positions[..<end]),
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

  mutating func judge(_ model: OutlookModel, at origin: Int) {
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
