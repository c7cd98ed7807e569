public import Domain
import Forecasting

/// Fits the demand model of one service. Pure: the same history and policy give the same model.
public enum DemandFitting {
  /// - Parameter history: Past rates at the request's step, up to the request's time; announced
  ///   events still in it are taken out here.
  /// - Returns: A model as of the history's end, or why there is none.
  public static func fit(
    _ history: TimeSeries, policy: ServicePolicy, deliveredAt: Timestamp
  ) -> Result<FittedDemand, DemandFitFailure> {
    let tracker = DemandTracker(policy: policy)
    precondition(history.step == tracker.step, "a fit reads the history at the model's step")
    var values = history.values
    for event in policy.events {
      for index in values.indices {
        let factor = event.factor(at: history.time(at: index))
        if factor != 1, factor > 0 { values[index] /= factor }
      }
    }
    return tracker.model(fittedTo: values, from: history.start).map { model in
      FittedDemand(model: model, through: history.end, deliveredAt: deliveredAt)
    }
  }

  /// The step at which a fit of this service reads its history.
  public static func step(for policy: ServicePolicy) -> Duration {
    DemandTracker.step(for: policy)
  }
}

/// Why a fit gave no model.
public struct DemandFitFailure: Error, Sendable, Equatable, CustomStringConvertible {
  public var description: String

  public init(_ description: String) { self.description = description }
}
