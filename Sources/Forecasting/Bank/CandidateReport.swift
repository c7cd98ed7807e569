/// How one candidate did in the race.
public struct CandidateReport: Sendable, Equatable {
  /// A stable name: letters and hyphens.
  public let name: String
  /// Its part of the combination, 0 … 1; all parts add up to 1.
  public let weight: Double
  /// Errors over the rolling origins; nil where the history was too short for any, or it failed.
  public let errors: ForecastErrors?
  /// Whether it lost to the seasonal naive forecast, or could not be compared with it. What it says
  /// must then not hold capacity up on its own.
  public let losesToSeasonalNaive: Bool
  /// Why it is not in the combination, if it could not be fitted.
  public let failure: FitFailure?
}

/// Errors of forecasts against what came.
public struct ForecastErrors: Sendable, Equatable {
  /// Mean absolute error over that of the seasonal naive forecast within the history, as in M4.
  public let mase: Double
  /// 200 · |error| / (|truth| + |forecast|), mean, in per cent; a pair of zeros counts as 0.
  public let smape: Double
  /// Mean pinball loss of the 10, 50 and 90 % quantiles, in the units of `mase`'s denominator.
  public let pinball: Double
}
