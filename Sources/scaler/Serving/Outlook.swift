import Control
import Daemon
import Domain
import Forecasting
import Storage
import Web

/// The forecasts that pages show: what was expected, taken from the recorded decisions, and what
/// is expected, made anew when a step of the forecast has passed.
actor Outlook {
  private let policies: [ServiceID: ServicePolicy]
  private let store: Store
  private let clock: any DaemonClock
  private var curves: [ServiceID: (shown: ForecastCurve, candidates: [CandidateReport])] = [:]
  private let levels = [0.1, 0.5, 0.9]

  init(policies: [ServiceID: ServicePolicy], store: Store, clock: any DaemonClock) {
    self.policies = policies
    self.store = store
    self.clock = clock
  }

  /// The next day's forecast; nil while the history is too short for one.
  func curve(of id: ServiceID) async throws -> ForecastCurve? {
    try await refreshed(id)?.shown
  }

  private func refreshed(
    _ id: ServiceID
  ) async throws -> (shown: ForecastCurve, candidates: [CandidateReport])? {
    guard let policy = policies[id], policy.forecast.isEnabled else { return nil }
    let now = clock.now
    if let known = curves[id],
      known.shown.madeAt.map({ now.since($0) < policy.forecast.step }) == true
    {
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
    curves[id] = (curve, forecast.candidates)
    return curves[id]
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

  /// How the candidates of the combination did over its rolling origins, and what of the decisions'
  /// own forecasts at their lead time came true, read off the record.
  ///
  /// - Parameter standing: What the running loop knows of the forecast at that lead time.
  func accuracy(
    of id: ServiceID, standing: ForecastStanding?
  ) async throws -> AccuracyReport? {
    guard let policy = policies[id] else { return nil }
    let fitted = try await refreshed(id)
    let horizon = try await planned(policy, standing: standing)
    guard fitted != nil || horizon != nil else { return nil }
    let leading = fitted?.candidates.first { $0.name == fitted?.shown.model }
    return AccuracyReport(
      model: fitted?.shown.model, fittedAt: fitted?.shown.madeAt,
      backtestError: leading?.errors?.mase, horizons: horizon.map { [$0] } ?? [],
      candidates: (fitted?.candidates ?? []).map {
        AccuracyReport.Candidate(
          name: $0.name, weight: $0.weight, mase: $0.errors?.mase, smape: $0.errors?.smape,
          pinball: $0.errors?.pinball, losesToSeasonalNaive: $0.losesToSeasonalNaive,
          failure: $0.failure.map { "\($0)" })
      })
  }

  /// The last day's forecasts at the lead time against what came.
  private func planned(
    _ policy: ServicePolicy, standing: ForecastStanding?
  ) async throws -> AccuracyReport.Horizon? {
    let now = clock.now
    let grid = TimeGrid(covering: now - .seconds(86_400), to: now, step: .seconds(60))
    guard let planned = try await past(of: policy.id, over: grid),
      let median = planned.quantiles.first, let upper = planned.quantiles.last
    else { return nil }
    let seen = try await store.series(
      of: policy.id, metric: .rate, from: grid.from, to: grid.to, step: grid.step)
    return AccuracyReport.Horizon(
      lead: policy.leadWindow, median: median.values, upper: upper, seen: seen.values,
      standing: standing)
  }

  /// How far ahead the page looks: the shortest season, a day by default.
  private static func span(of policy: ServicePolicy) -> Duration {
    policy.forecast.periods.min() ?? .seconds(86_400)
  }
}

extension AccuracyReport.Horizon {
  /// - Parameters:
  ///   - median: Per step; NaN where nothing was planned.
  ///   - seen: What came; NaN where it is unknown.
  /// - Returns: Nil where no step has both.
  init?(
    lead: Duration, median: [Double], upper: ForecastCurve.Quantile, seen: [Double],
    standing: ForecastStanding?
  ) {
    let steps = seen.indices.filter {
      !seen[$0].isNaN && !median[$0].isNaN && !upper.values[$0].isNaN
    }
    guard !steps.isEmpty else { return nil }
    let sum = steps.reduce(0) { $0 + seen[$1] }
    let signed = steps.reduce(0) { $0 + median[$1] - seen[$1] }
    let absolute = steps.reduce(0) { $0 + (median[$1] - seen[$1]).magnitude }
    let covered = steps.count { seen[$0] <= upper.values[$0] }
    var coverage = [
      AccuracyReport.Coverage(
        level: upper.level, share: Double(covered) / Double(steps.count))
    ]
    if let standing, standing.grade != nil {
      coverage.append(
        AccuracyReport.Coverage(level: ForecastStanding.level, share: 1 - standing.exceedance))
    }
    self.init(
      lead: lead, pairs: steps.count, weightedError: sum > 0 ? absolute / sum : nil,
      bias: sum > 0 ? signed / sum : nil, coverage: coverage.sorted { $0.level < $1.level })
  }
}
