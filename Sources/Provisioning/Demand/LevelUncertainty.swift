import RealModule

/// How far daily demand strays from its expected level: a part that belongs to the day alone, a part
/// that stays, and a part that grows with every day ahead. All are variances of logarithms.
struct LevelUncertainty: Sendable, Equatable {
  /// Of one day alone.
  var daily: Double
  /// Of the level as it stands.
  var standing: Double
  /// Of the level's step from day to day.
  var drift: Double

  /// What is assumed where the history says nothing, and how many days that is worth.
  static let usual = LevelUncertainty(daily: 0.01, standing: 0.002, drift: 0.0004)
  static let usualDays = 6.0

  init(daily: Double, standing: Double, drift: Double) {
    self.daily = daily
    self.standing = standing
    self.drift = drift
  }

  /// Measured by forecasting the days that came: two days of one forecast differ by the daily part
  /// and by the drift between them, and what all of them miss is the standing part.
  init(_ values: [Double], race: LevelRace) {
    var near = RobustSquare()
    var far = RobustSquare()
    var whole = RobustSquare()
    var lead = 0.0
    for origin in stride(from: LevelRace.warmUp, to: values.count, by: 1) {
      let days = min(LevelRace.judged, values.count - origin)
      let expected = race.forecast(after: origin, days: days)
      let errors = (0..<days).map { values[origin + $0] - expected[$0] }
      for (ahead, error) in errors.enumerated() where !error.isNaN {
        whole.add(error)
        lead += Double(ahead + 1)
        if ahead >= 1, !errors[ahead - 1].isNaN { near.add(error - errors[ahead - 1]) }
        if ahead >= 7, !errors[ahead - 7].isNaN { far.add(error - errors[ahead - 7]) }
      }
    }
    guard near.count > 0 else {
      self = Self.usual
      return
    }
    let close = 0.5 * near.square
    let apart = far.count > 0 ? 0.5 * far.square : close
    let drift = max(0, (apart - close) / 3)
    let daily = max(0, close - 0.5 * drift)
    let standing = max(0, whole.square - daily - drift * lead / max(1, whole.count))
    // Origins overlap; a history of n days holds about n days' worth of evidence.
    let days = Double(values.count { !$0.isNaN }) - Double(LevelRace.warmUp)
    let trust = days / (days + Self.usualDays)
    self.daily = trust * daily + (1 - trust) * Self.usual.daily
    self.standing = trust * standing + (1 - trust) * Self.usual.standing
    self.drift = trust * drift + (1 - trust) * Self.usual.drift
  }

  /// The variance of the level, without the day's own part, so many days ahead.
  func level(daysAhead days: Int) -> Double { standing + drift * Double(max(0, days)) }
}
