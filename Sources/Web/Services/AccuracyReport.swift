public import Domain

/// How well a service's forecasts did against what came.
public struct AccuracyReport: Sendable, Equatable {
  public struct Horizon: Sendable, Equatable {
    /// How far ahead.
    public var lead: Duration
    /// Pairs of forecast and outcome behind the figures.
    public var pairs: Int
    /// Sum of absolute errors of the median over the sum of the outcomes; nil if unknown.
    public var weightedError: Double?
    /// Sum of signed errors (forecast − outcome) over the sum of the outcomes; nil if unknown.
    public var bias: Double?
    /// For each quantile level, the share of outcomes at or below it.
    public var coverage: [Coverage]

    public init(
      lead: Duration, pairs: Int, weightedError: Double?, bias: Double?, coverage: [Coverage]
    ) {
      self.lead = lead
      self.pairs = pairs
      self.weightedError = weightedError
      self.bias = bias
      self.coverage = coverage
    }
  }

  public struct Coverage: Sendable, Equatable {
    public var level: Double
    public var share: Double

    public init(level: Double, share: Double) {
      self.level = level
      self.share = share
    }
  }

  /// One of the models that were raced, and how it did over the rolling origins.
  public struct Candidate: Sendable, Equatable {
    public var name: String
    /// Its part of the combination.
    public var weight: Double
    /// Nil where the history is too short for any origin, or the candidate failed.
    public var mase: Double?
    public var smape: Double?
    public var pinball: Double?
    public var losesToSeasonalNaive: Bool
    /// Why it is not in the combination, if it could not be fitted.
    public var failure: String?

    public init(
      name: String, weight: Double, mase: Double?, smape: Double?, pinball: Double?,
      losesToSeasonalNaive: Bool, failure: String?
    ) {
      self.name = name
      self.weight = weight
      self.mase = mase
      self.smape = smape
      self.pinball = pinball
      self.losesToSeasonalNaive = losesToSeasonalNaive
      self.failure = failure
    }
  }

  /// The model in use; nil while there is none.
  public var model: String?
  /// When it was fitted.
  public var fittedAt: Timestamp?
  /// Its mean absolute scaled error in the backtest that chose it; nil if unknown.
  public var backtestError: Double?
  public var horizons: [Horizon]
  public var candidates: [Candidate]

  public init(
    model: String?, fittedAt: Timestamp?, backtestError: Double?, horizons: [Horizon],
    candidates: [Candidate] = []
  ) {
    self.model = model
    self.fittedAt = fittedAt
    self.backtestError = backtestError
    self.horizons = horizons
    self.candidates = candidates
  }
}
