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

  /// The model in use; nil while there is none.
  public var model: String?
  /// When it was fitted.
  public var fittedAt: Timestamp?
  /// Its mean absolute scaled error in the backtest that chose it; nil if unknown.
  public var backtestError: Double?
  public var horizons: [Horizon]

  public init(
    model: String?, fittedAt: Timestamp?, backtestError: Double?, horizons: [Horizon]
  ) {
    self.model = model
    self.fittedAt = fittedAt
    self.backtestError = backtestError
    self.horizons = horizons
  }
}
