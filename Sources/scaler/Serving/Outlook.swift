import Control
import Daemon
import Domain
import Storage
import Web

/// The forecasts that pages show: what was expected, taken from the recorded decisions, and what
/// is expected, made anew when a step of the forecast has passed.
actor Outlook {
  private let policies: [ServiceID: ServicePolicy]
  private let store: Store
  private let clock: any DaemonClock
  private var curves: [ServiceID: ForecastCurve] = [:]
  private let levels = [0.1, 0.5, 0.9]

  init(policies: [ServiceID: ServicePolicy], store: Store, clock: any DaemonClock) {
    self.policies = policies
    self.store = store
    self.clock = clock
  }

  /// The next day's forecast; nil while the history is too short for one.
  func curve(of id: ServiceID) async throws -> ForecastCurve? {
    guard let policy = policies[id], policy.forecast.isEnabled else { return nil }
    let now = clock.now
    if let known = curves[id], known.madeAt.map({ now.since($0) < policy.forecast.step }) == true {
      return known
    }
    let forecast = try await Forecasts.next(
      Outlook.span(of: policy), of: policy, store: store, from: now, levels: levels)
    guard let forecast else { return nil }
    let curve = ForecastCurve(
      madeAt: now, start: forecast.start, step: forecast.step, mean: forecast.mean,
      quantiles: zip(levels, forecast.quantiles).map {
        ForecastCurve.Quantile(level: $0, values: $1)
      }, model: forecast.model)
    curves[id] = curve
    return curve
  }

  /// What the decisions of the past planned for: the median and the upper quantile that each worked
  /// with, shown at the end of its lead window, until the next one's.
  func past(of id: ServiceID, over grid: TimeGrid) async throws -> ForecastCurve? {
    guard let policy = policies[id] else { return nil }
    let lead = policy.leadWindow
    let recorded = try await store.decisions(of: id, limit: 5000, before: grid.to)
      .map(\.decision).filter { $0.time >= grid.from - lead - .seconds(86_400) }.reversed()
    var medians = [Double](repeating: .nan, count: grid.count)
    var uppers = medians
    var level: Double?
    for decision in recorded {
      for case .forecast(_, let rate, let planned, _, let median) in decision.trail {
        let from = (decision.time + lead).since(grid.from).wholeSeconds / grid.step.wholeSeconds
        guard from < Int64(grid.count) else { continue }
        medians[Int(max(0, from))] = median
        uppers[Int(max(0, from))] = rate
        level = planned
      }
    }
    guard let level else { return nil }
    // What was planned stands until the next decision plans anew.
    for index in medians.indices.dropFirst() where medians[index].isNaN {
      medians[index] = medians[index - 1]
      uppers[index] = uppers[index - 1]
    }
    return ForecastCurve(
      madeAt: nil, start: grid.from, step: grid.step,
      mean: [Double](repeating: .nan, count: grid.count),
      quantiles: [
        ForecastCurve.Quantile(level: 0.5, values: medians),
        ForecastCurve.Quantile(level: level, values: uppers),
      ])
  }

  /// How the candidates of the combination did over the rolling origins is known to the fit alone;
  /// what the decisions' own forecasts covered is read off the record.
  func accuracy(of id: ServiceID) async throws -> AccuracyReport? {
    guard let policy = policies[id] else { return nil }
    let now = clock.now
    let grid = TimeGrid(covering: now - .seconds(86_400), to: now, step: .seconds(60))
    guard let planned = try await past(of: id, over: grid), let upper = planned.quantiles.last
    else { return nil }
    let seen = try await store.series(
      of: id, metric: .rate, from: grid.from, to: grid.to, step: grid.step)
    let pairs = zip(upper.values, seen.values).filter { !$0.isNaN && !$1.isNaN }
    guard !pairs.isEmpty else { return nil }
    let covered = Double(pairs.count { $1 <= $0 }) / Double(pairs.count)
    return AccuracyReport(
      model: nil, fittedAt: nil, backtestError: nil,
      horizons: [
        AccuracyReport.Horizon(
          lead: policy.leadWindow, pairs: pairs.count, weightedError: nil, bias: nil,
          coverage: [AccuracyReport.Coverage(level: upper.level, share: covered)])
      ])
  }

  /// How far ahead the page looks: the shortest season, a day by default.
  private static func span(of policy: ServicePolicy) -> Duration {
    policy.forecast.periods.min() ?? .seconds(86_400)
  }
}
