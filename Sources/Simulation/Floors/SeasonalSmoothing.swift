import RealModule

/// Additive Holt–Winters with one season, no trend, and a first-order autoregressive residual: the
/// forecaster that stands in for a well-tuned predictive HPA.
struct SeasonalSmoothing: Sendable {
  struct Parameters: Sendable {
    /// Smoothing of the level and of the season.
    var level: Double
    var season: Double
    /// How much of the last residual persists per step.
    var persistence: Double
  }

  let parameters: Parameters
  private var level: Double
  private var season: [Double]
  private var residual = 0.0
  private var index = 0

  /// Takes its first state from the first `initial` values.
  init(_ values: [Double], period: Int, initial: Int, parameters: Parameters) {
    self.parameters = parameters
    let mean = values[..<initial].reduce(0, +) / Double(initial)
    level = mean
    var sums = [Double](repeating: 0, count: period)
    var counts = [Double](repeating: 0, count: period)
    for position in 0..<initial {
      sums[position % period] += values[position] - mean
      counts[position % period] += 1
    }
    let raw = zip(sums, counts).map { $0 / max(1, $1) }
    season = (0..<period).map { position in
      (-2...2).reduce(0) { $0 + raw[(position + $1 + 2 * period) % period] / 5 }
    }
    index = initial
  }

  /// The forecast of the `ahead`-th next value, counted from 0.
  func forecast(ahead: Int) -> Double {
    var persisting = parameters.persistence
    for _ in 0..<ahead { persisting *= parameters.persistence }
    return level + season[(index + ahead) % season.count] + persisting * residual
  }

  mutating func update(_ value: Double) {
    let position = index % season.count
    residual = value - (level + season[position])
    level += parameters.level * residual
    season[position] += parameters.season * (1 - parameters.level) * residual
    index += 1
  }

  /// The best of `trials` random settings by the mean absolute error `lead` values ahead.
  ///
  /// - Returns: Nil if there are fewer than two periods.
  static func fitted(
    _ values: [Double], period: Int, lead: Int, trials: Int, seed: UInt64
  ) -> SeasonalSmoothing? {
    guard values.count >= 2 * period else { return nil }
    let initial = max(period, values.count / 2 / period * period)
    var random = SplitMix64(seed: seed)
    func power(_ low: Double, _ high: Double) -> Double {
      .exp10(low + (high - low) * random.uniform())
    }
    let persistences = [0, 0.5, 0.8, 0.9, 0.95, 0.98]
    var best: (error: Double, model: SeasonalSmoothing)?
    for _ in 0..<trials {
      let parameters = Parameters(
        level: power(-3.5, -0.4), season: power(-2.5, -0.3),
        persistence: persistences[Int(random.uniform() * Double(persistences.count))])
      var model = SeasonalSmoothing(
        values, period: period, initial: initial, parameters: parameters)
      var error = 0.0
      for position in initial..<values.count {
        if position + lead < values.count {
          error += abs(values[position + lead] - model.forecast(ahead: lead))
        }
        model.update(values[position])
      }
      if error < best?.error ?? .infinity { best = (error, model) }
    }
    return best?.model
  }
}
