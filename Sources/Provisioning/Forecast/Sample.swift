/// Values of possible futures, equally likely, for quantiles.
struct Sample {
  private let sorted: [Double]
  let mean: Double

  init(_ values: [Double]) {
    sorted = values.sorted()
    mean = values.isEmpty ? 0 : values.reduce(0, +) / Double(values.count)
  }

  /// By linear interpolation between order statistics (Hyndman and Fan 1996, type 7); 0 of nothing.
  func quantile(_ level: Double) -> Double {
    guard let last = sorted.last else { return 0 }
    let position = min(max(level, 0), 1) * Double(sorted.count - 1)
    let below = Int(position)
    guard below + 1 < sorted.count else { return last }
    return sorted[below] + (position - Double(below)) * (sorted[below + 1] - sorted[below])
  }

  var outlook: Outlook {
    Outlook(mean: mean, p10: quantile(0.1), p50: quantile(0.5), p90: quantile(0.9))
  }

  var quantiles: UnitQuantiles {
    var result = UnitQuantiles()
    result.mean = mean
    result.p05 = quantile(0.05)
    result.p10 = quantile(0.1)
    result.p25 = quantile(0.25)
    result.p50 = quantile(0.5)
    result.p75 = quantile(0.75)
    result.p90 = quantile(0.9)
    result.p95 = quantile(0.95)
    result.p99 = quantile(0.99)
    return result
  }
}
