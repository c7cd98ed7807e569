/// Quantiles of a quantity over the possible futures.
public struct UnitQuantiles: Sendable, Equatable {
  public var mean = 0.0
  public var p05 = 0.0
  public var p10 = 0.0
  public var p25 = 0.0
  public var p50 = 0.0
  public var p75 = 0.0
  public var p90 = 0.0
  public var p95 = 0.0
  public var p99 = 0.0

  public init() {}
}

/// Mean and an 80 % interval over the possible futures.
public struct Outlook: Sendable, Equatable {
  public var mean: Double
  public var p10: Double
  public var p50: Double
  public var p90: Double

  public init(mean: Double, p10: Double, p50: Double, p90: Double) {
    self.mean = mean
    self.p10 = p10
    self.p50 = p50
    self.p90 = p90
  }
}
