/// Exponential smoothing with any number of additive seasons, a damped trend, a first-order
/// autoregressive residual and robust updates, advanced step by step.
///
/// On the scale of `transform`, with level `l`, trend `b`, seasons `s₁ … s_k` and residual `r`,
/// a step whose value is `z` does
///
///     expected   = l + s₁[i₁] + … + s_k[i_k] + ρ r           l and b are those expected of this step
///     innovation = z − expected, clipped to ± 5 times the running mean size of innovations
///     e          = ρ r + innovation                      z − l − s₁[i₁] − … if nothing is clipped
///     s_j[i_j]  += γ_j (1 − α) e
///     l, b       = l + φ b + α (1 + φ β) e,  φ b + φ α β e    those expected of the next step
///     r          = e
///
/// so that an outage or a flash crowd moves the model by a bounded amount, while a change that stays
/// widens the bound step by step and is followed.
///
/// Season positions come from the caller at every step and may jump. The recursion is plain `Double`
/// in a fixed order: the same steps give the same bits, on every machine.
///
/// - Note: Taylor (2003), doi:10.1057/palgrave.jors.2601589, in error-correction form as in R's
///   `forecast::dshw`; the robust update is that of Gelper, Fried and Croux (2010),
///   doi:10.1002/for.1125, with the bound on the innovation.
public struct HoltWinters: Sendable, Equatable {
  /// The periods in steps.
  public let seasons: Seasons
  /// The scale on which everything below is added up.
  public let transform: Transform
  /// The smoothing parameters.
  public let parameters: HoltWintersParameters

  /// Level expected of the next step, transformed.
  public internal(set) var level: Double
  /// Part of `level` that is trend: what the next step is expected to add.
  public internal(set) var trend: Double
  /// The last step's deviation from level and seasons, transformed.
  public internal(set) var residual: Double
  /// What innovations are clipped to: `clipMultiple` times their running mean size, transformed.
  public internal(set) var innovationBound: Double
  /// The smallest `innovationBound`, so that a flat series can still be left.
  public let smallestInnovationBound: Double
  /// The seasonal states, one season after the other, transformed.
  public internal(set) var seasonal: [Double]
  /// The smallest and largest value learned from, in the units of the series.
  public internal(set) var smallest: Double
  public internal(set) var largest: Double

  /// Innovations are clipped to this many times their running mean size.
  public static let clipMultiple = 5.0
  /// How fast that running mean follows, per step.
  public static let innovationSizeGain = 0.02
  /// What is left of the bound after a step, and the part of an innovation's size that enters it.
  static let boundKept = 1 - innovationSizeGain
  static let boundGain = clipMultiple * innovationSizeGain

  let gains: HoltWintersGains

  /// A model with the states given; those expected of the first step to come.
  ///
  /// - Parameters:
  ///   - level: Transformed, and so are all other states.
  ///   - seasonal: One value per step of each season, one season after the other; missing ones are 0.
  ///   - innovationSize: > 0; about the mean absolute one-step error.
  ///   - range: Smallest and largest value seen, in units of the series; forecasts keep near it.
  public init(
    seasons: Seasons, transform: Transform, parameters: HoltWintersParameters, level: Double,
    trend: Double = 0, seasonal: [Double] = [], innovationSize: Double,
    range: ClosedRange<Double>
  ) {
    self.init(
      seasons: seasons, transform: transform, parameters: parameters, level: level, trend: trend,
      seasonal: seasonal, innovationBound: Self.clipMultiple * innovationSize,
      smallestInnovationBound: Self.clipMultiple * innovationSize / 4, residual: 0, range: range)
  }

  init(
    seasons: Seasons, transform: Transform, parameters: HoltWintersParameters, level: Double,
    trend: Double, seasonal: [Double], innovationBound: Double, smallestInnovationBound: Double,
    residual: Double, range: ClosedRange<Double>
  ) {
    self.seasons = seasons
    self.transform = transform
    self.parameters = parameters
    self.level = level
    self.trend = trend
    self.residual = residual
    self.innovationBound = innovationBound
    self.smallestInnovationBound = smallestInnovationBound
    self.seasonal = Array(seasonal.prefix(seasons.totalLength))
    self.seasonal += Array(repeating: 0, count: seasons.totalLength - self.seasonal.count)
    smallest = range.lowerBound
    largest = range.upperBound
    gains = HoltWintersGains(parameters)
  }

  /// Running mean size of innovations, transformed, after clipping.
  public var innovationSize: Double { innovationBound / Self.clipMultiple }

  /// Advances the model by one step.
  ///
  /// - Parameters:
  ///   - value: The step's value, ≥ 0. nil, NaN, infinite and negative ones are unknown: the model
  ///     moves on and learns nothing.
  ///   - positions: Where the step lies in each season; an index outside its season is wrapped.
  /// - Complexity: O(number of seasons), no allocation.
  public mutating func advance(_ value: Double?, at positions: SeasonPositions) {
    guard let value, value >= 0, value.isFinite else {
      advanceUnknown()
      return
    }
    smallest = min(smallest, value)
    largest = max(largest, value)
    advance(transformed: transform.apply(value), at: positions)
  }

  private mutating func advanceUnknown() {
    trend = gains.damping * trend
    level += trend
    residual *= gains.residual
  }

  /// The recursion above. Returns the value as cleaned by clipping the innovation, transformed.
  @discardableResult
  mutating func advance(transformed value: Double, at positions: SeasonPositions) -> Double {
    let season = seasonalEffect(at: positions)
    // What depends on the last error comes last: the kernels' steps overlap then.
    var error = (value - season) - level
    let carried = gains.residual * residual
    let surprise = error - carried
    var size = surprise.magnitude
    if size > innovationBound {
      size = innovationBound
      error = carried + (surprise < 0 ? -size : size)
    }
    let bound = Self.boundKept * innovationBound + Self.boundGain * size
    innovationBound = bound > smallestInnovationBound ? bound : smallestInnovationBound
    let cleaned = (level + season) + error

    var start = 0
    for number in 0..<seasons.count {
      seasonal[start + seasons.index(of: positions, in: number)] += gains.seasonal[number] * error
      start += seasons.lengths[number]
    }
    let nextTrend = gains.damping * trend
    level = (level + nextTrend) + gains.level * error
    trend = nextTrend + gains.trend * error
    residual = error
    return cleaned
  }

  /// Sum of the seasonal states at a step's positions, transformed.
  func seasonalEffect(at positions: SeasonPositions) -> Double {
    var sum = 0.0
    var start = 0
    for number in 0..<seasons.count {
      sum += seasonal[start + seasons.index(of: positions, in: number)]
      start += seasons.lengths[number]
    }
    return sum
  }
}
