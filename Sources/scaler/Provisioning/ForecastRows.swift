import Control
import Domain
import Provisioning

/// The rows of one target in the order of `ExportTable.provisioningForecast`.
struct ForecastRows {
  let run: ProvisioningRun
  let target: String
  let resource: ResourceNames
  let price: Price?
  let note: PriceNote?

  /// - Parameter service: Nil for the fleet.
  init(run: ProvisioningRun, service: ServiceConfiguration?) {
    self.run = run
    target = service?.policy.id.name ?? "*"
    resource = service.map { ResourceNames($0, clouds: run.fleet.clouds) } ?? ResourceNames()
    price = service?.policy.price
    note = service?.priceNote
  }

  func forecast(_ forecast: TargetForecast) -> [[ExportCell]] {
    let provenance = forecast.provenance
    let offer = forecast.purchase.offer
    let model: [ExportCell] = [
      .text(provenance.modelName), .text(provenance.parametersHash),
      .time(provenance.trainedFrom), .time(provenance.trainedTo),
    ]
    return forecast.periods(run.question.granularity).map { row in
      let demand = row.demand
      let units = row.units
      var cells = head(
        row.period, currency: row.listCost == nil ? nil : forecast.currency,
        unitPrice: forecast.unitPrice, offer: offer)
      cells += runCells("forecast") + model + [.flag(row.isExtrapolated)]
      cells += [
        .text("Requests/Second"), .decimal(demand.mean), .decimal(demand.p10),
        .decimal(demand.p50), .decimal(demand.p90), .decimal(demand.p99), .null,
        .decimal(units.mean), .decimal(units.p05), .decimal(units.p10), .decimal(units.p25),
        .decimal(units.p50), .decimal(units.p75), .decimal(units.p90), .decimal(units.p95),
        .decimal(units.p99), .decimal(row.floorUnits), .decimal(row.policyUnits), .null,
        .decimal(row.peakP50), .decimal(row.peakP95), .decimal(row.committedUnits),
        .decimal(row.onDemandUnits), ExportCell(row.commitmentUtilization),
        .decimal(row.commitmentCoverage),
      ]
      let cost = row.effectiveCost
      cells += [
        ExportCell(row.listCost?.mean), ExportCell(cost?.mean), ExportCell(cost?.p10),
        ExportCell(cost?.p50), ExportCell(cost?.p90),
      ]
      return cells + tail(hasPrice: row.listCost != nil, isPartial: row.period.isPartial)
    }
  }

  /// What was measured; what was not is null.
  func actual(_ periods: [ActualPeriod]) -> [[ExportCell]] {
    periods.map { row in
      let cost = price.flatMap { price in row.units.map { $0 * price.perReplicaHour } }
      var cells = head(
        row.period, currency: cost == nil ? nil : price?.currency,
        unitPrice: price?.perReplicaHour, offer: nil)
      cells += runCells("actual")
      cells += [ExportCell](repeating: .null, count: 4) + [.flag(false)]
      cells += [.text("Requests/Second")] + [ExportCell](repeating: .null, count: 5)
      cells += [ExportCell(row.demand)]
      cells += [ExportCell](repeating: .null, count: 11) + [ExportCell(row.units)]
      cells += [ExportCell](repeating: .null, count: 6)
      cells += [ExportCell(cost)] + [ExportCell](repeating: .null, count: 4)
      return cells + tail(hasPrice: cost != nil, isPartial: false)
    }
  }

  private func head(
    _ period: Period, currency: String?, unitPrice: Double?, offer: CommitmentOffer?
  ) -> [ExportCell] {
    [
      .time(period.start), .time(period.end), ExportCell(currency),
      ExportCell(resource.provider), ExportCell(resource.service), ExportCell(resource.region),
      .null, ExportCell(resource.id), ExportCell(resource.name), ExportCell(resource.type),
      .null, .null,
      currency == nil ? .null : .text(offer == nil ? "Standard" : "Committed"),
      .text("Instance-Hours"), ExportCell(unitPrice), .null, .text("Instance-Hours"),
      ExportCell(offer?.name), ExportCell(offer?.kind.rawValue), .null,
    ]
  }

  private func runCells(_ rowType: String) -> [ExportCell] {
    [
      .text(ExportTable.provisioningForecast.version), .text(target),
      .text(run.question.granularity.rawValue), .text(rowType), .text(run.identifier),
      .time(run.knownUntil), .text(Self.isoText(run.question.horizon)),
    ]
  }

  private func tail(hasPrice: Bool, isPartial: Bool) -> [ExportCell] {
    [
      hasPrice ? .text(note?.source ?? "configuration") : .null,
      hasPrice ? ExportCell(note?.asOf) : .null, .flag(isPartial),
    ]
  }

  /// `P35D`, `P1DT12H`.
  static func isoText(_ duration: Duration) -> String {
    let seconds = duration.wholeSeconds
    let days = seconds / 86_400
    var clock = ""
    for (width, name) in [(Int64(3600), "H"), (60, "M"), (1, "S")] {
      let count = seconds % (width == 3600 ? 86_400 : width * 60) / width
      if count > 0 { clock += "\(count)\(name)" }
    }
    let date = days > 0 ? "\(days)D" : ""
    return "P" + date + (clock.isEmpty ? "" : "T" + clock)
  }
}
