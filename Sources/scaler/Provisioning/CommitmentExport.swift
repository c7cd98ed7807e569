import Control
import Domain
import Provisioning

/// The table `commitment_analysis` of one run, written service by service, the fleet last.
struct CommitmentExport: Sendable {
  let run: ProvisioningRun

  /// - Throws: `ProvisioningRefusal.noPrice` before anything is written if no service has a price.
  init(run: ProvisioningRun) throws(ProvisioningRefusal) {
    self.run = run
    guard run.members.contains(where: { $0.service.policy.price != nil }) else {
      throw .noPrice(
        "no price is configured, and without one nothing can be said about commitments: "
          + "give the services `price: { per_replica_hour: 0.096, currency: USD }`")
    }
  }

  /// As `ForecastExport.write`.
  func write(
    _ format: ExportFormat, jobs: Int, progress: () -> Void = {},
    to sink: ([UInt8]) async throws -> Void
  ) async throws -> ExportMetadata {
    var encoder = RowEncoder(.commitmentAnalysis, format: format)
    var leftOut = run.leftOut
    var fleet = FleetTotal(target: "*", request: run.request)
    var count = 0
    encoder.begin()
    try await run.forecasts(jobs: jobs) { result in
      defer { progress() }
      switch result {
      case .failure(let reason): leftOut.append(reason)
      case .success(let found):
        for row in rows(of: found.forecast) { encoder.add(row) }
        if run.includesFleet { fleet.add(found.forecast) }
        count += 1
        try await sink(encoder.drain())
      }
    }
    if run.includesFleet, count > 0 {
      for row in rows(of: fleet.forecast()) { encoder.add(row) }
    }
    var metadata = ExportMetadata(.commitmentAnalysis)
    metadata.parameters = run.parameters
    metadata.rules = rules + run.notes
    metadata.leftOut = leftOut
    metadata.rowCount = encoder.rowCount
    encoder.end(metadata: try metadata.jsonLine())
    try await sink(encoder.drain())
    return metadata
  }

  /// None for a target without a price.
  private func rows(of forecast: TargetForecast) -> [[ExportCell]] {
    guard let currency = forecast.currency else { return [] }
    let analyst = CommitmentAnalyst(
      forecast, existingUnits: forecast.purchase.committedUnits)
    return run.fleet.section.offers.flatMap { offer in
      analyst.candidates(offer).map { cells($0, offer, forecast.target, currency) }
    }
  }

  private func cells(
    _ candidate: CommitmentCandidate, _ offer: CommitmentOffer, _ target: String,
    _ currency: String
  ) -> [ExportCell] {
    [
      .text(target), .text(offer.kind.rawValue), .integer(Int64(offer.termMonths)),
      .text(offer.payment.rawValue), .decimal(offer.discount),
      .decimal(offer.breakEvenUtilization), .decimal(candidate.units),
      ExportCell(candidate.hourlyCommitment), .decimal(candidate.utilization.mean),
      .decimal(candidate.utilization.p10), .decimal(candidate.utilization.p90),
      .decimal(candidate.coverage.mean), .decimal(candidate.savings.mean),
      .decimal(candidate.savings.p10), .decimal(candidate.savings.p90),
      .decimal(candidate.onDemandCostEquivalent), .decimal(candidate.probabilityOfLoss),
      .flag(candidate.isRecommended), .text(currency), .text(offer.name),
      .decimal(Double(run.request.hours)), .time(run.request.start),
      .text(ExportTable.commitmentAnalysis.version), .text(run.identifier),
      .time(run.knownUntil),
    ]
  }

  private var rules: [String] {
    var rules = [
      "Each amount is judged on the forecast's hours and futures, not on the whole term: a promise "
        + "for years on weeks of forecast assumes that the need does not fall.",
      "The best amount is the discount-quantile of the hourly need: an instance more would be idle "
        + "more often than its discount pays for.",
      "Savings Plans are bought as x_HourlyCommitment, reservations as x_CommitmentUnits.",
    ]
    if run.fleet.section.assumesOffers {
      rules.append(
        "The offers are assumed, nobody's quote: set provisioning.offers to the discounts that you "
          + "are given.")
    }
    return rules
  }
}
