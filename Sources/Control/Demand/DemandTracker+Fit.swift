import Domain
import Forecasting

extension DemandTracker {
  /// A model fitted to past means at the tracker's step; NaN where unknown.
  func model(
    fittedTo values: [Double], from start: Timestamp
  ) -> Result<LeadDemand, DemandFitFailure> {
    let seasons = calendar.seasons.supported(by: values.count)
    let positions = values.indices.map { calendar.positions(at: start + step * $0) }
    do {
      let fit = try LeadDemandFit.fit(
        values: values, positions: positions, seasons: seasons, lead: lead)
      return .success(fit.model)
    } catch {
      return .failure(DemandFitFailure("\(error)"))
    }
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
