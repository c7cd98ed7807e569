import Control
import Domain
import Provisioning

/// The table `provisioning_forecast` of one run, written service by service, the fleet last.
struct ForecastExport: Sendable {
  let run: ProvisioningRun

  /// - Parameters:
  ///   - jobs: Services computed at the same time; the bytes do not depend on it.
  ///   - progress: Called after each service.
  ///   - sink: Takes the bytes in order.
  /// - Returns: The metadata as it stands at the end.
  func write(
    _ format: ExportFormat, jobs: Int, progress: () -> Void = {},
    to sink: ([UInt8]) async throws -> Void
  ) async throws -> ExportMetadata {
    var encoder = RowEncoder(.provisioningForecast, format: format)
    var leftOut = run.leftOut
    var fleet = FleetTotal(target: "*", request: run.request)
    var fleetActual: [ActualPeriod]?
    var count = 0
    encoder.begin()
    let periods = actualPeriods
    try await run.forecasts(jobs: jobs) { result in
      defer { progress() }
      let found: ProvisioningRun.ServiceResult
      switch result {
      case .success(let value): found = value
      case .failure(let reason):
        leftOut.append(reason)
        return
      }
      let rows = ForecastRows(run: run, service: found.member.service)
      if run.question.includesActual {
        let actual = try await measured(found, over: periods)
        fleetActual = fleetActual.map { zip($0, actual).map { $0 + $1 } } ?? actual
        for row in rows.actual(actual) { encoder.add(row) }
      }
      for row in rows.forecast(found.forecast) { encoder.add(row) }
      if run.includesFleet { fleet.add(found.forecast) }
      count += 1
      try await sink(encoder.drain())
    }
    if run.includesFleet, count > 0 {
      let rows = ForecastRows(run: run, service: nil)
      if let fleetActual { for row in rows.actual(fleetActual) { encoder.add(row) } }
      for row in rows.forecast(fleet.forecast()) { encoder.add(row) }
    }
    var metadata = ExportMetadata(.provisioningForecast)
    metadata.parameters = run.parameters
    metadata.rules = Self.rules + run.notes
    metadata.leftOut = leftOut
    metadata.rowCount = encoder.rowCount
    encoder.end(metadata: try metadata.jsonLine())
    try await sink(encoder.drain())
    return metadata
  }

  /// As many whole periods before the forecast as fit into the horizon, all of them over.
  private var actualPeriods: [Period] {
    let question = run.question
    guard question.includesActual else { return [] }
    let calendar = question.calendar
    let from = calendar.nextBoundary(
      question.granularity, atOrAfter: run.request.start - question.horizon)
    return calendar.periods(question.granularity, from: from, to: run.request.start)
      .filter { !$0.isPartial && $0.end <= run.knownUntil }
  }

  private func measured(
    _ found: ProvisioningRun.ServiceResult, over periods: [Period]
  ) async throws -> [ActualPeriod] {
    guard let first = periods.first, let last = periods.last else { return [] }
    let ready = try await run.fleet.ready(
      of: found.member.service.policy.id, from: first.start, to: last.end)
    return ActualPeriod.measured(over: periods, demand: found.input.history, ready: ready)
  }

  static let rules = [
    "Quantiles do not add: the P90 of a month is not the sum of its days' P90. Rows of each "
      + "granularity are summed within each possible future first; export the granularity you need.",
    "Means add over periods and services, quantiles over neither; the row of target * is the fleet.",
    "x_Units counts what the scaling policy would run, with its headroom, boot times and minimum.",
    "A null is not known; it is never a zero.",
    "Rows with x_Extrapolated lie further ahead than the history is long: growth and yearly "
      + "seasons are not learnt from it; state them with --growth and events.",
  ]
}

extension ProvisioningRun {
  /// What was asked, for the metadata.
  var parameters: [String: String] {
    [
      "at": question.at?.description ?? "newest sample",
      "known_until": knownUntil.description,
      "start": request.start.description,
      "end": request.end.description,
      "horizon": question.horizon.shortText,
      "granularity": question.granularity.rawValue,
      "timezone": question.zoneName,
      "growth": question.growthTexts.isEmpty ? "1" : question.growthTexts.joined(separator: ","),
      "services": question.services.isEmpty
        ? "all" : question.services.map(\.name).joined(separator: ","),
      "paths": "\(request.paths)",
      "seed": "\(request.seed)",
      "run_id": identifier,
    ]
  }

  /// What a reader of this very export should know.
  var notes: [String] {
    var notes: [String] = []
    let last = question.calendar.periods(
      question.granularity, from: request.start, to: request.end
    ).last
    if let last, last.isPartial {
      notes.append(
        "The \(question.granularity.rawValue) from \(last.start) is partial: the horizon ends at "
          + "\(last.end).")
    }
    let unpriced = members.filter { $0.service.policy.price == nil }.map(\.service.policy.id.name)
    if !unpriced.isEmpty {
      let names = unpriced.prefix(5).joined(separator: ", ")
      notes.append(
        "No price is configured for \(names)"
          + (unpriced.count > 5 ? " and \(unpriced.count - 5) more" : "")
          + ": their money is null, and so is the fleet's. Set price: { per_replica_hour: … }.")
    }
    return notes
  }
}
