/// The features of the direct regression: what is known at an origin about a step some way ahead,
/// as differences from the seasonal naive forecast of that step, so that all coefficients zero is
/// that forecast.
struct DirectFeatures {
  static let count = 15

  /// Steps of the shortest and of the longest season.
  let day: Int
  let week: Int
  private let values: [Double]
  /// Mean of the day that ends with each step; 0 before there is one.
  private let dailyMeans: [Double]
  /// Typical size of a change from day to day, > 0.
  let scale: Double

  /// - Parameter values: Transformed, without gaps.
  init(_ values: [Double], seasons: Seasons, scaleFrom count: Int) {
    self.values = values
    day = seasons.shortest
    week = seasons.longest > seasons.shortest ? seasons.longest : 7 * seasons.shortest
    var sum = 0.0
    var sums = [0.0]
    sums.reserveCapacity(values.count + 1)
    for value in values {
      sum += value
      sums.append(sum)
    }
    var means = Array(repeating: 0.0, count: values.count)
    for step in stride(from: day - 1, to: values.count, by: 1) {
      means[step] = (sums[step + 1] - sums[step + 1 - day]) / Double(day)
    }
    dailyMeans = means
    var change = 0.0
    for step in day..<max(day, count) { change += (values[step] - values[step - day]).magnitude }
    scale = change / Double(max(1, count - day)) + 1e-9
  }

  /// The steps of history that an origin needs for a horizon, itself included.
  func reach(horizon: Int) -> Int {
    let days = (horizon + day - 1) / day
    let weeks = (horizon + week - 1) / week
    return max((days + 6) * day - horizon, weeks * week - horizon, week, 2 * day) + 2
  }

  /// The seasonal naive forecast of the step `horizon` after `origin`.
  func base(origin: Int, horizon: Int) -> Double {
    values[origin + horizon - (horizon + day - 1) / day * day]
  }

  /// Writes the features into `row` from index `start` on.
  func write(origin: Int, horizon: Int, into row: inout [Double], at start: Int) {
    let days = (horizon + day - 1) / day
    let weeks = (horizon + week - 1) / week
    let target = origin + horizon
    let base = values[target - days * day]
    let lastDay = dailyMeans[origin]
    for older in 1...6 { row[start + older - 1] = values[target - (days + older) * day] - base }
    row[start + 6] = values[origin] - values[origin - day]
    row[start + 7] = values[origin - 1] - values[origin - 1 - day]
    row[start + 8] = values[origin] - values[origin - week]
    row[start + 9] = lastDay - dailyMeans[origin - day]
    row[start + 10] = lastDay - dailyMeans[origin - (week - day)]
    row[start + 11] = base - lastDay
    let weekly = target - weeks * week
    let next = min(weekly + 1, origin)
    row[start + 12] = values[weekly] - base
    row[start + 13] = (values[weekly - 1] + values[next]) * 0.5 - values[weekly]
    row[start + 14] = 0.1 * scale
  }

  /// Value of a step less its seasonal naive forecast.
  func target(origin: Int, horizon: Int) -> Double {
    values[origin + horizon] - base(origin: origin, horizon: horizon)
  }
}
