import Testing

@testable import Forecasting

/// Numbers of statsmodels 0.15.0 (PyPI): `ExponentialSmoothing(y, trend="add", damped_trend=True,
/// seasonal="add", seasonal_periods=7, initialization_method="known", initial_level=51,
/// initial_trend=0.4, initial_seasonal=s0).fit(smoothing_level=0.3, smoothing_trend=0.2,
/// smoothing_seasonal=0.25 * (1 - 0.3), damping_trend=0.9, optimized=False)`, its `fittedvalues` and
/// `forecast(10)`, rounded to ten decimals. Its seasonal gain is ours times 1 - α, its states are
/// those before a step's trend is added, ours after.
@Suite struct HoltWintersReferenceTests {
  private static let values: [Double] = [
    50.0, 59.56, 64.33, 54.49, 45.44, 42.45, 46.72, 49.46, 56.25, 58.48, 54.76, 51.8, 44.36,
    44.89, 53.16, 66.32, 66.37, 59.9, 52.98, 49.95, 46.83, 55.53, 64.38, 69.91, 59.59, 49.39,
    44.31, 48.55, 61.88, 65.91, 68.71, 61.48, 59.06, 53.04, 54.17,
  ]
  private static let seasonal: [Double] = [0.0, 7.036, 8.774, 3.905, -3.905, -8.774, -7.036]
  private static let fitted: [Double] = [
    51.36, 58.23856, 60.66985376, 57.363721113, 48.9547649718, 43.0783823453, 44.6362771736,
    52.1794836328, 58.830119077, 60.0291361963, 53.3115165215, 45.6856901713, 43.3619029637,
    46.1130703153, 51.8527501455, 59.9794032408, 64.7360236973, 60.3006792141, 53.5592510809,
    48.5309707449, 51.2214649602, 56.4639154519, 64.6874664599, 66.1665845735, 61.7084345072,
    54.0580555793, 47.6059007925, 47.1182343392, 54.3550189848, 65.3607123389, 67.9733860907,
    61.5758671134, 54.1849391097, 51.4401525951, 54.0567982523,
  ]
  private static let forecasts: [Double] = [
    62.6205453794, 70.3322461887, 72.949077489, 66.2676585869, 59.8550715262, 54.883052664,
    56.4809824955, 64.7717467264, 72.2683274011, 74.6915505801,
  ]

  @Test("one-step and far forecasts are those of statsmodels to its rounding")
  func statsmodels() throws {
    let seasons = try #require(Seasons([7]))
    var model = HoltWinters(
      seasons: seasons, transform: .identity,
      parameters: HoltWintersParameters(level: 0.3, trend: 0.2, damping: 0.9, seasonal: [0.25]),
      level: 51 + 0.9 * 0.4, trend: 0.9 * 0.4, seasonal: Self.seasonal, innovationSize: 1000,
      range: 1...1000)
    for (step, value) in Self.values.enumerated() {
      let positions = seasons.positions(ofStep: step)
      let forecast = model.forecast(at: positions, stepsAhead: 1)
      #expect((forecast - Self.fitted[step]).magnitude < 1e-9, "step \(step)")
      model.advance(value, at: positions)
    }
    let row = model.forecast(steps: 10, from: seasons.positions(ofStep: Self.values.count))
    // The seventh step has the season's state of the last value, which statsmodels takes as it was
    // before that value updated it.
    for step in row.indices where step != 6 {
      #expect((row[step] - Self.forecasts[step]).magnitude < 1e-9, "\(step + 1) steps ahead")
    }
  }
}
