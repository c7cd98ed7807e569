import Domain

/// The Predictive Horizontal Pod Autoscaler as it is shipped, with the settings of its manual.
///
/// It forecasts its own recommendations one sync ahead and takes the larger of the two. Its stored
/// history runs backwards with the newest value last, because pruning sorts newest first and the
/// next value is appended; the model is refitted on that at every sync.
///
/// - Note: `jthomperoo/predictive-horizontal-pod-autoscaler` 0.13.2.
struct PredictivePodAutoscaler: SimulatedPolicy {
  private static let period = 6
  private static let storedSeasons = 4
  private static let smoothing = 0.9

  let interval: Int
  let window: Int
  let target: Double
  let tolerance: Double
  /// Steps over which growth is limited to the larger of 100 % and 4 pods.
  let growthPeriod: Int
  var floor: (any ReplicaFloor)?
  /// In the order that the original keeps.
  private var history: [Double] = []
  private var recommendations: HeldMaximum<Int>
  private var growths: [(step: Int, count: Int)] = []
  private var predicted = 0

  init(
    interval: Int, window: Int, target: Double, tolerance: Double, stabilization: Int,
    growthPeriod: Int, floor: (any ReplicaFloor)?
  ) {
    self.interval = interval
    self.window = window
    self.target = target
    self.tolerance = tolerance
    self.growthPeriod = growthPeriod
    self.floor = floor
    recommendations = HeldMaximum(window: stabilization)
  }

  var lookback: Int { max(window, floor?.lookback ?? 0) }

  mutating func want(_ view: ControllerView) -> Int {
    let current = view.current
    let load = view.rate(over: window) / view.ratePerReplica
    let ratio = load / (target * Double(current))
    let computed = abs(ratio - 1) <= tolerance ? current : replicas(for: load / target)
    predicted = predict(after: Double(computed))
    var desired = max(computed, predicted)
    if let raised = floor?.replicas(view) { desired = max(desired, replicas(for: raised)) }
    desired = view.clamped(desired)
    let held = recommendations.add(desired, at: view.step)
    guard desired > current else { return min(current, held) }
    return grow(to: desired, from: current, at: view.step)
  }

  private mutating func grow(to desired: Int, from current: Int, at step: Int) -> Int {
    let oldest = step - growthPeriod
    growths.removeAll { $0.step <= oldest }
    let start = current - growths.reduce(0) { $0 + $1.count }
    let limit = max(2 * start, start + 4, current)
    let result = min(desired, limit)
    if result > current { growths.append((step, result - current)) }
    return result
  }

  /// Appends the newest recommendation, forecasts, and prunes as the original does.
  private mutating func predict(after value: Double) -> Int {
    history.append(value)
    let forecast = PrescribedHoltWinters.forecast(
      history, period: Self.period, smoothing: Self.smoothing)
    let newest = history.removeLast()
    history.insert(newest, at: 0)
    let seasons = history.count / Self.period
    if seasons > Self.storedSeasons {
      history.removeLast((seasons - Self.storedSeasons) * Self.period)
    }
    return forecast.map { replicas(for: $0) } ?? 0
  }

  var reason: String { "predicted \(predicted)" }
}

/// Additive Holt–Winters with trend and prescribed smoothing, started as `statsmodels` 0.14 starts
/// it by its heuristic.
enum PrescribedHoltWinters {
  /// The next value; nil where the original refuses for lack of data.
  static func forecast(_ values: [Double], period: Int, smoothing: Double) -> Double? {
    guard values.count >= 2 * period, values.count >= 10 + 2 * (period / 2) else { return nil }
    var (level, trend, season) = start(values, period: period)
    for (index, value) in values.enumerated() {
      let seasonal = season[index % period]
      let last = level
      level = smoothing * (value - seasonal) + (1 - smoothing) * (level + trend)
      season[index % period] = smoothing * (value - last - trend) + (1 - smoothing) * seasonal
      trend = smoothing * (level - last) + (1 - smoothing) * trend
    }
    return level + trend + season[values.count % period]
  }

  /// Level, trend and season from a centred moving average of the first cycles.
  private static func start(
    _ values: [Double], period: Int
  ) -> (level: Double, trend: Double, season: [Double]) {
    let fewest = (10 + 2 * (period / 2) + period - 1) / period
    let cycles = min(max(min(5, values.count / period), fewest), values.count / period)
    let used = Array(values[..<(cycles * period)])
    let half = period / 2
    var average: [(index: Int, value: Double)] = []
    for index in half..<max(half, used.count - half) {
      var sum = 0.0
      for offset in -half...half {
        let atEdge = period % 2 == 0 && abs(offset) == half
        sum += used[index + offset] * (atEdge ? 0.5 : 1)
      }
      average.append((index, sum / Double(period)))
    }
    var sums = [Double](repeating: 0, count: period)
    var counts = [Double](repeating: 0, count: period)
    for (index, value) in average {
      sums[index % period] += used[index] - value
      counts[index % period] += 1
    }
    let raw = zip(sums, counts).map { $0 / max(1, $1) }
    let mean = raw.reduce(0, +) / Double(period)
    let (level, trend) = line(average.prefix(10).map(\.value))
    return (level, trend, raw.map { $0 - mean })
  }

  /// The straight line through values at 1, 2, …: its value at 0 and its slope.
  private static func line(_ values: [Double]) -> (intercept: Double, slope: Double) {
    let count = Double(values.count)
    guard count > 1 else { return (values.first ?? 0, 0) }
    let middle = (count + 1) / 2
    let mean = values.reduce(0, +) / count
    var covariance = 0.0
    var variance = 0.0
    for (index, value) in values.enumerated() {
      let distance = Double(index + 1) - middle
      covariance += distance * (value - mean)
      variance += distance * distance
    }
    let slope = covariance / variance
    return (mean - slope * middle, slope)
  }
}
