import RealModule

/// How a day's demand is spread over its hours: the share of the day's mean rate at each hour, per
/// weekday, and how past days differed from that.
struct DayProfile: Sendable {
  /// Per weekday (Monday first) 24 shares with mean 1.
  private(set) var shares: [[Double]]
  /// Per past day, the ratio of its shares to what was expected of it without it; nil where too
  /// little of the day is known.
  private(set) var ratios: [[Double]?]

  /// Known hours from which a day's shape is learnt.
  static let enoughHours = 20
  /// Days after which a day counts half.
  static let halfLife = 42.0
  /// What is known of the shape of all days counts as so many days of the weekday's class, and that
  /// of the class as so many of the weekday itself.
  static let priorDays = 1.5

  init(_ history: HourlyHistory) {
    let days = history.days
    let newest = days.last?.number ?? 0
    let shapes: [[Double]?] = days.map { day in
      guard day.knownHours >= Self.enoughHours else { return nil }
      let mean = day.hours.filter { !$0.isNaN }.reduce(0, +) / Double(day.knownHours)
      return mean > 0 ? day.hours.map { $0 / mean } : nil
    }
    let weights = days.map { Double.exp2(-Double(newest - $0.number) / Self.halfLife) }
    var sums = ShapeSums()
    for (index, shape) in shapes.enumerated() {
      if let shape { sums.add(shape, weights[index], weekday: days[index].weekday) }
    }
    shares = (0..<7).map { sums.shares(weekday: $0) }
    ratios = shapes.enumerated().map { index, shape in
      guard let shape else { return nil }
      var others = sums
      others.add(shape, -weights[index], weekday: days[index].weekday)
      let expected = others.shares(weekday: days[index].weekday)
      return zip(shape, expected).map { actual, expected in
        actual.isNaN ? 1 : expected > 1e-6 ? min(actual / expected, 50) : 1
      }
    }
  }

  static func isWeekend(_ weekday: Int) -> Bool { weekday >= 5 }
}

/// Weighted sums of shapes per weekday.
private struct ShapeSums {
  private var sums = [[Double]](repeating: [Double](repeating: 0, count: 24), count: 7)
  private var weights = [[Double]](repeating: [Double](repeating: 0, count: 24), count: 7)

  mutating func add(_ shape: [Double], _ weight: Double, weekday: Int) {
    for hour in 0..<24 where !shape[hour].isNaN {
      sums[weekday][hour] += weight * shape[hour]
      weights[weekday][hour] += weight
    }
  }

  /// The shape of a weekday, drawn toward that of its class (working days, weekend) and that toward
  /// the shape of all days; mean 1.
  func shares(weekday: Int) -> [Double] {
    let prior = DayProfile.priorDays
    let sameClass = (0..<7).filter {
      DayProfile.isWeekend($0) == DayProfile.isWeekend(weekday)
    }
    var shape = (0..<24).map { hour -> Double in
      let all = mean(Array(0..<7), hour, prior: 1, of: 0.1)
      let near = mean(sameClass, hour, prior: all, of: prior)
      return mean([weekday], hour, prior: near, of: prior)
    }
    let level = shape.reduce(0, +) / 24
    if level > 0 { for hour in 0..<24 { shape[hour] /= level } }
    return shape
  }

  private func mean(_ weekdays: [Int], _ hour: Int, prior: Double, of days: Double) -> Double {
    var (sum, weight) = (prior * days, days)
    for weekday in weekdays where weights[weekday][hour] > 1e-12 {
      sum += sums[weekday][hour]
      weight += weights[weekday][hour]
    }
    return max(0, sum / weight)
  }
}
