public import Domain
import Forecasting

/// Fits the demand model of one service. Pure: the same history and policy give the same model.
///
/// Bounded by counted work, not by a clock, so that the result never depends on how busy a machine is:
/// one walk over the history, then for each of at most three parts of the lead window two regressions
/// of fifteen rounds over fewer than 16,500 rows, whatever the data (`LeadDemandFit`,
/// `QuantileRegression`); a first fit does that twice. It has no other loop that data could prolong.
public enum DemandFitting {
  /// - Parameters:
  ///   - history: Past rates at the request's step, up to the request's time; announced events,
  ///     outages and excluded spans still in it are taken out here.
  ///   - boot: From being started to serving, which the model looks ahead; nil takes the configured
  ///     one.
  ///   - isFirst: Whether the service has no model yet. Then the new one has to prove itself: fitted
  ///     without the newest part of the history, it is led through that part, and what its promises
  ///     there were worth is where its trust begins.
  /// - Returns: A model as of the history's end, or why there is none.
  public static func fit(
    _ history: TimeSeries, policy: ServicePolicy, deliveredAt: Timestamp, boot: Duration? = nil,
    isFirst: Bool = false
  ) -> Result<FittedDemand, DemandFitFailure> {
    let tracker = DemandTracker(policy: policy, boot: boot)
    precondition(history.step == tracker.step, "a fit reads the history at the model's step")
    let plain = PlainHistory(history, policy: policy)
    let series = plain.series
    return tracker.model(fittedTo: series.values, from: series.start).map { model in
      FittedDemand(
        model: model, boot: tracker.boot, trust: isFirst ? tracker.trust(on: series) : nil,
        effects: plain.effects,
        outlook: policy.holdsPlans
          ? FloorOutlook.fit(series, policy: policy, level: outlookLevel(policy)) : nil,
        through: history.end, deliveredAt: deliveredAt)
    }
  }

  /// Without us nobody adapts a level to what was spent: the plan takes the one that spends the
  /// objective's share.
  private static func outlookLevel(_ policy: ServicePolicy) -> Double {
    switch policy.scaling.risk {
    case .fixed(let share): 1 - share
    case .auto: 1 - policy.objective.violation
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
