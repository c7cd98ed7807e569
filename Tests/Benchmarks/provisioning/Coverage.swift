import Domain
import Foundation
import Provisioning

/// How often the truth of the last fortnight fell between P10 and P90 of what was forecast of it.
struct Coverage {
  var hours = 0.0
  var insideHours = 0.0
  var belowHours = 0.0
  var days = 0.0
  var insideDays = 0.0
  var belowDays = 0.0
  /// Mean forecast over mean truth of the fortnight, minus one.
  var bias = 0.0
  /// Whether the fortnight's mean lay between its own P10 and P90; nil where its days were forecast
  /// one by one.
  var insideWhole: Double?
  /// Mean width of a day's interval over the mean.
  var width = 0.0

  static let fortnight = 14 * 24

  /// - Parameters:
  ///   - rows: Per hour one value per path.
  ///   - truth: Per hour, NaN where unknown.
  ///   - isOneForecast: Whether a path is one future from the first hour to the last.
  init(rows: [Float], paths: Int, truth: [Double], isOneForecast: Bool) {
    var (sum, expected) = (0.0, 0.0)
    var whole = [Double](repeating: 0, count: paths)
    for day in stride(from: 0, to: truth.count, by: 24) {
      var sums = [Double](repeating: 0, count: paths)
      var actual = 0.0
      for hour in day..<min(day + 24, truth.count) {
        let row = rows[(hour * paths)..<((hour + 1) * paths)].map { Double($0) }
        for path in 0..<paths { sums[path] += row[path] }
        actual += truth[hour]
        guard truth[hour].isFinite else { continue }
        let (low, high) = Self.interval(row)
        hours += 1
        if truth[hour] < low { belowHours += 1 }
        if (low...high).contains(truth[hour]) { insideHours += 1 }
        sum += truth[hour]
        expected += row.reduce(0, +) / Double(paths)
      }
      guard actual.isFinite else { continue }
      for path in 0..<paths { whole[path] += sums[path] }
      let (low, high) = Self.interval(sums)
      days += 1
      if actual < low { belowDays += 1 }
      if (low...high).contains(actual) { insideDays += 1 }
      width += (high - low) / max(actual, 1e-9)
    }
    bias = sum > 0 ? expected / sum - 1 : 0
    if isOneForecast {
      let (low, high) = Self.interval(whole)
      insideWhole = (low...high).contains(sum) ? 1 : 0
    }
    width /= max(1, days)
  }

  private static func interval(_ values: [Double]) -> (Double, Double) {
    let sorted = values.sorted()
    func quantile(_ level: Double) -> Double {
      let position = level * Double(sorted.count - 1)
      let below = Int(position)
      guard below + 1 < sorted.count else { return sorted[sorted.count - 1] }
      return sorted[below] + (position - Double(below)) * (sorted[below + 1] - sorted[below])
    }
    return (quantile(0.1), quantile(0.9))
  }
}
