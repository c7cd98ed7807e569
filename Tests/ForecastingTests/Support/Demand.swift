import RealModule

/// Made demand: a day, a week, noise, a drift.
enum Demand {
  /// `count` steps with a day of `day` steps, seven days to a week, and noise of 3 %.
  static func daily(
    count: Int, day: Int, seed: UInt64, level: Double = 100, noise: Double = 0.03
  ) -> [Double] {
    var random = Seeded(seed)
    let phase = random.uniform()
    return (0..<count).map { step in
      let time = Double(step) / Double(day)
      let daily = 0.4 * Double.sin(2 * Double.pi * (time + phase))
      let weekly = 0.1 * Double.sin(2 * Double.pi * time / 7)
      return level * Double.exp(daily + weekly + noise * random.normal())
    }
  }

  /// Mean absolute difference of two rows of equal length.
  static func meanError(_ forecasts: [Double], _ truths: some Collection<Double>) -> Double {
    let sum = zip(forecasts, truths).reduce(0) { $0 + ($1.0 - $1.1).magnitude }
    return sum / Double(max(1, forecasts.count))
  }
}
