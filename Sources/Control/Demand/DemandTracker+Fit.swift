import Domain
import Forecasting

extension DemandTracker {
  /// A model fitted to past means at the tracker's step; NaN where unknown.
  func model(
    fittedTo values: [Double], from start: Timestamp
  ) -> Result<LeadDemand, DemandFitFailure> {
    let seasons = calendar.seasons.supported(by: values.count)
    let positions = values.indices.map {
      calendar.positions(at: start.later(by: stepSeconds * Int64($0)))
    }
    do {
      let fit = try LeadDemandFit.fit(
        values: values, positions: positions, seasons: seasons, lead: lead)
      return .success(fit.model)
    } catch {
      return .failure(DemandFitFailure("\(error)"))
    }
  }
}

extension DemandTracker {
  /// What the promises of a model were worth over the newest part of a history that it was fitted
  /// without: the last of the shortest seasons, or the last fifth where that is less. Nil where the
  /// rest is too short for a model.
  func trust(on history: TimeSeries) -> LeadTrust? {
    let season = Int(refit.wholeSeconds / stepSeconds)
    let kept = history.count - max(1, min(season, history.count / 5))
    guard kept > 0 else { return nil }
    let past = Array(history.values[..<kept])
    guard case .success(var model) = model(fittedTo: past, from: history.start) else { return nil }
    var trust = LeadTrust(lead: lead, memory: trustMemory, grade: .full)
    for index in kept..<history.count {
      let start = history.time(at: index)
      model.advance(history[index], at: calendar.positions(at: start))
      let target = start.later(by: stepSeconds * Int64(1 + lead.first))
      trust.observe(
        history[index], model: model, utilization: utilization,
        target: calendar.positions(at: target))
    }
    return trust
  }
}

extension Seasons {
  /// Those of which the history holds at least two periods, in the order given: a season seen once
  /// cannot be told from an accident.
  fileprivate func supported(by steps: Int) -> Seasons {
    let kept = lengths.prefix { steps >= 2 * $0 }
    return Seasons(Array(kept)) ?? .none
  }
}
