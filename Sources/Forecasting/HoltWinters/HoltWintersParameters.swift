/// The smoothing parameters of a `HoltWinters` model.
public struct HoltWintersParameters: Sendable, Equatable {
  /// α: part of an error that moves the level, in 0 … 1.
  public var level: Double
  /// β: part of the level's move that enters the trend, in 0 … 1.
  public var trend: Double
  /// φ: what is left of the trend after a step, in 0 … 1; 0 is no trend, 1 an undamped one.
  public var damping: Double
  /// γ: per season, part of an error that moves the season's state, in 0 … 1; missing ones are 0.
  public var seasonal: SIMD4<Double>
  /// ρ: what is left of the residual after a step, in −1 … 1; 0 is none.
  public var residual: Double

  public init(
    level: Double, trend: Double = 0, damping: Double = 0, seasonal: [Double] = [],
    residual: Double = 0
  ) {
    self.level = level
    self.trend = trend
    self.damping = damping
    self.seasonal = .zero
    for (number, gain) in seasonal.prefix(SeasonPositions.capacity).enumerated() {
      self.seasonal[number] = gain
    }
    self.residual = residual
  }

  /// What a model starts with when there is too little data to choose: slow level and seasons, no
  /// trend, a residual that lasts a few steps.
  public static func cautious(seasons: Seasons) -> HoltWintersParameters {
    HoltWintersParameters(
      level: 0.1, seasonal: Array(repeating: 0.1, count: seasons.count), residual: 0.7)
  }

  var isFinite: Bool {
    level.isFinite && trend.isFinite && damping.isFinite && residual.isFinite
      && (0..<4).allSatisfy { seasonal[$0].isFinite }
  }
}

/// What an error is multiplied with in one step: the products of the parameters, formed once.
struct HoltWintersGains: Sendable, Equatable {
  let level: Double
  let trend: Double
  let damping: Double
  let seasonal: SIMD4<Double>
  let residual: Double

  init(_ parameters: HoltWintersParameters) {
    let trendGain = parameters.level * parameters.trend
    damping = parameters.damping
    trend = parameters.damping * trendGain
    level = parameters.level + trend
    seasonal = parameters.seasonal * (1 - parameters.level)
    residual = parameters.residual
  }
}
