import RealModule

/// Predictive quantiles from the residuals of rolling origins.
///
/// The size of the residual that a share of all windows stayed within, mostly from the horizons
/// nearby and for the rest from all, times a widening, moves the forecast up and down: halfway between
/// where a ratio takes it and where a difference in proportion to the forecast does, so that upper
/// quantiles are farther away than lower ones; and farther to the side that residuals reach out to.
/// They never cross and are never below 0.
///
/// - Note: Split conformal prediction (Lei et al. 2018, doi:10.1080/01621459.2017.1307116) without its
///   guarantee: windows overlap in what their models have learned, hence the widening.
struct PredictiveQuantiles: Sendable, Equatable {
  let scale: ResidualScale
  /// What all sizes are multiplied with.
  let widening: Double
  let skew: ResidualSkew
  /// How residuals of one window hang together.
  let dependence: ResidualDependence
  /// Smallest size of a standard deviation.
  private let leastSpread: Double
  private let ratios: ResidualSizes
  private let differences: ResidualSizes

  /// - Parameters:
  ///   - residuals: Per window and horizon, NaN where the truth is unknown; windows oldest first.
  ///   - windowsPerFit: Windows that share a fit and are judged together by those of the others.
  ///   - horizon: Steps to be forecast.
  ///   - leastSpread: Smallest size of a standard deviation, > 0.
  init(
    residuals: [[Double]], windowsPerFit: Int, horizon: Int, scale: ResidualScale,
    leastSpread: Double
  ) {
    self.scale = scale
    self.leastSpread = leastSpread
    ratios = ResidualSizes(residuals.map { $0.map(\.magnitude) }, horizon: horizon)
    differences = ResidualSizes(
      residuals.map { $0.map { Double.expMinusOne($0).magnitude } }, horizon: horizon)
    widening = Widening.measured(
      residuals.map { $0.map(\.magnitude) }, windowsPerFit: max(1, windowsPerFit),
      horizon: horizon)
    skew = ResidualSkew(residuals)
    dependence = ResidualDependence(residuals)
  }

  /// The value that a share `level` of outcomes does not exceed.
  func quantile(_ level: Double, of forecast: Double, horizon: Int) -> Double {
    let share = 2 * level - 1
    let size = share.magnitude
    let least = leastSpread * Normal.quantile(0.5 + size / 2)
    let factor = widening * (share < 0 ? skew.below : skew.above)
    let ratio = max(factor * ratios.quantile(size, horizon: horizon), least)
    let difference = max(factor * differences.quantile(size, horizon: horizon), least)
    let sign: Double = share < 0 ? -1 : 1
    let proportional = forecast + sign * difference * (forecast + scale.offset)
    return 0.5 * scale.moved(forecast, by: sign * ratio) + 0.5 * max(0, proportional)
  }
}
