public import Domain

/// A forecast of demand on an even grid, as it was made: requests per second.
public struct ForecastCurve: Sendable, Equatable {
  public struct Quantile: Sendable, Equatable {
    /// 0 < level < 1.
    public var level: Double
    /// One per step; NaN where there is no forecast.
    public var values: [Double]

    public init(level: Double, values: [Double]) {
      self.level = level
      self.values = values
    }
  }

  /// When it was made; nil for a curve put together from many (what was expected over the past).
  public var madeAt: Timestamp?
  /// The first step's start.
  public var start: Timestamp
  /// Whole seconds.
  public var step: Duration
  /// The expected value of each step; NaN where there is no forecast.
  public var mean: [Double]
  /// Ascending in level.
  public var quantiles: [Quantile]
  /// The model's name, or nil.
  public var model: String?

  public init(
    madeAt: Timestamp?, start: Timestamp, step: Duration, mean: [Double], quantiles: [Quantile],
    model: String? = nil
  ) {
    self.madeAt = madeAt
    self.start = start
    self.step = step
    self.mean = mean
    self.quantiles = quantiles.sorted { $0.level < $1.level }
    self.model = model
  }

  func time(at index: Int) -> Timestamp {
    Timestamp(seconds: start.seconds + Int64(index) * step.wholeSeconds)
  }

  /// `p90`, `p97.5`.
  static func name(ofLevel level: Double) -> String { "p" + (level * 100).shortText }
}
