import RealModule

/// Few simple ways to carry a daily level on, weighed by how well they forecast the days that came.
///
/// Means over recent days with short, middle and long memory, the same with a damped trend, the
/// straight lines of the last weeks, as far as their slope is more than chance, and plain means over
/// weeks.
struct LevelRace: Sendable {
  /// One way: a level and a trend that dies out.
  enum Carrier: Sendable {
    /// Exponential smoothing; `damping` 0 is no trend.
    case smoothing(level: Double, trend: Double, damping: Double)
    /// Least squares over so many days.
    case line(days: Int, damping: Double)
    /// The mean of so many days.
    case mean(days: Int)

    var damping: Double {
      switch self {
      case .smoothing(_, _, let damping), .line(_, let damping): damping
      case .mean: 0
      }
    }

    /// Whether a history of so many days tells it from the others: with less, all plain means are
    /// one, and would be counted several times.
    func isDistinct(days known: Int) -> Bool {
      guard case .mean(let days) = self else { return true }
      return 4 * known >= 5 * days
    }
  }

  static let all: [Carrier] = [
    .smoothing(level: 0.04, trend: 0, damping: 0), .smoothing(level: 0.12, trend: 0, damping: 0),
    .smoothing(level: 0.3, trend: 0, damping: 0), .smoothing(level: 0.7, trend: 0, damping: 0),
    .smoothing(level: 0.12, trend: 0.03, damping: 0.97),
    .smoothing(level: 0.3, trend: 0.05, damping: 0.95),
    .smoothing(level: 0.5, trend: 0.1, damping: 0.9),
    .line(days: 21, damping: 0.97), .line(days: 42, damping: 0.99),
    .mean(days: 14), .mean(days: 28), .mean(days: 56), .mean(days: 112),
  ]
  /// Days ahead by which they are judged.
  static let judged = 14
  /// Days that a carrier sees before it is judged.
  static let warmUp = 7
  /// Judged days from which losses count in full, and the power of the inverse loss that a weight
  /// then is.
  static let enoughJudged = 200.0
  static let power = 8.0

  let weights: [Double]
  /// Per carrier and day, its level and trend after that day.
  private let states: [[SIMD2<Double>]]
  /// Per carrier and days ahead, what the trend is multiplied with.
  private let reach: [[Double]]

  /// - Parameter values: A level per day, NaN where unknown.
  init(_ values: [Double]) {
    let known = values.count { !$0.isNaN }
    let carriers = Self.all.filter { $0.isDistinct(days: known) }
    states = carriers.map { Self.run($0, values) }
    reach = carriers.map { carrier in
      var (sum, share) = (0.0, 1.0)
      return (0..<DailyLevel.reach).map { _ in
        share *= carrier.damping
        sum += share
        return sum
      }
    }
    var losses = [Double](repeating: 0, count: carriers.count)
    var count = 0.0
    for origin in stride(from: Self.warmUp, to: values.count, by: 1) {
      let end = min(values.count, origin + Self.judged)
      for day in origin..<end where !values[day].isNaN {
        for index in losses.indices {
          let state = states[index][origin - 1]
          let guess = state.x + reach[index][day - origin] * state.y
          losses[index] += (values[day] - guess).magnitude
        }
        count += 1
      }
    }
    guard count > 0, let least = losses.min(), least > 0 else {
      weights = carriers.indices.map { $0 == 1 ? 1 : 0 }
      return
    }
    let power = Self.power * min(1, count / Self.enoughJudged)
    let raw = losses.map { Double.pow(least / $0, power) }
    let sum = raw.reduce(0, +)
    weights = raw.map { $0 / sum }
  }

  /// The expected values of the days from index `origin` on, seen from the day before it; at most
  /// `DailyLevel.reach` of them.
  func forecast(after origin: Int, days: Int) -> [Double] {
    guard origin > 0, states.allSatisfy({ $0.count >= origin }) else {
      return [Double](repeating: 0, count: days)
    }
    return (0..<min(days, DailyLevel.reach)).map { ahead in
      var sum = 0.0
      for index in weights.indices where weights[index] > 0 {
        let state = states[index][origin - 1]
        sum += weights[index] * (state.x + reach[index][ahead] * state.y)
      }
      return sum
    }
  }

  private static func run(_ carrier: Carrier, _ values: [Double]) -> [SIMD2<Double>] {
    switch carrier {
    case .smoothing(let level, let trend, let damping):
      smoothed(values, level: level, trend: trend, damping: damping)
    case .line(let days, _):
      values.indices.map { line(values[max(0, $0 + 1 - days)...$0]) }
    case .mean(let days): means(values, days: days)
    }
  }

  private static func means(_ values: [Double], days: Int) -> [SIMD2<Double>] {
    var (sum, count) = (0.0, 0.0)
    var last = values.first { !$0.isNaN } ?? 0
    return values.indices.map { day in
      if !values[day].isNaN {
        sum += values[day]
        count += 1
      }
      if day >= days, !values[day - days].isNaN {
        sum -= values[day - days]
        count -= 1
      }
      if count > 0 { last = sum / count }
      return SIMD2(last, 0)
    }
  }

  private static func smoothed(
    _ values: [Double], level: Double, trend: Double, damping: Double
  ) -> [SIMD2<Double>] {
    var state = SIMD2<Double>(values.first { !$0.isNaN } ?? 0, 0)
    var seen = 0.0
    return values.map { value in
      let guess = state.x + damping * state.y
      guard !value.isNaN else {
        state = SIMD2(guess, damping * state.y)
        return state
      }
      // The first days are averaged, whatever the memory.
      seen += 1
      let share = max(level, 1 / seen)
      let error = value - guess
      state = SIMD2(guess + share * error, damping * state.y + (seen > 3 ? trend * error : 0))
      return state
    }
  }

  /// The end and the slope of the straight line through the values; the slope is drawn toward 0 as
  /// far as it could be chance.
  private static func line(_ values: ArraySlice<Double>) -> SIMD2<Double> {
    let known = values.indices.filter { !values[$0].isNaN }
    guard !known.isEmpty else { return .zero }
    let count = Double(known.count)
    let middle = known.reduce(0) { $0 + Double($1) } / count
    let mean = known.reduce(0) { $0 + values[$1] } / count
    guard known.count >= warmUp else { return SIMD2(mean, 0) }
    var (spread, product) = (0.0, 0.0)
    for index in known {
      let distance = Double(index) - middle
      spread += distance * distance
      product += distance * (values[index] - mean)
    }
    let slope = product / spread
    let rest = known.reduce(0.0) { sum, index in
      let error = values[index] - mean - slope * (Double(index) - middle)
      return sum + error * error
    }
    let noise = rest / (count - 2) / spread
    let kept = slope == 0 ? 0 : max(0, 1 - 4 * noise / (slope * slope))
    return SIMD2(mean + kept * slope * (Double(values.endIndex - 1) - middle), kept * slope)
  }
}
