import Foundation

/// Means over series of the competition's point errors.
struct PointErrors {
  private var count = 0.0
  private var smapeSum = 0.0
  private var maseSum = 0.0

  var smape: Double { smapeSum / count }
  var mase: Double { maseSum / count }

  mutating func add(_ truth: [Double], _ forecast: [Double], _ scale: Double) {
    var relative = 0.0
    var absolute = 0.0
    for (actual, expected) in zip(truth, forecast) {
      let error = (actual - expected).magnitude
      relative += 200 * error / (actual.magnitude + expected.magnitude)
      absolute += error
    }
    smapeSum += relative / Double(truth.count)
    maseSum += absolute / Double(truth.count) / scale
    count += 1
  }
}

/// Coverage, the competition's scaled interval score, and exceedance of upper quantiles; levels as in
/// `M4Hourly.levels`.
struct IntervalErrors {
  private var steps = 0.0
  private var series = 0.0
  private var inside95 = 0.0
  private var inside80 = 0.0
  private var above95 = 0.0
  private var above99 = 0.0
  private var score = 0.0

  mutating func add(_ truth: [Double], _ quantiles: [[Double]], _ scale: Double) {
    var sum = 0.0
    for (actual, row) in zip(truth, quantiles) {
      steps += 1
      if (row[0]...row[5]).contains(actual) { inside95 += 1 }
      if (row[1]...row[3]).contains(actual) { inside80 += 1 }
      if actual > row[4] { above95 += 1 }
      if actual > row[6] { above99 += 1 }
      sum += row[5] - row[0] + 40 * max(0, row[0] - actual) + 40 * max(0, actual - row[5])
    }
    score += sum / Double(truth.count) / scale
    series += 1
  }

  var summary: String {
    String(
      format: "MSIS 95 %% %.3f, coverage 95 %% %.3f 80 %% %.3f, above p95 %.4f p99 %.4f",
      score / series, inside95 / steps, inside80 / steps, above95 / steps, above99 / steps)
  }
}
