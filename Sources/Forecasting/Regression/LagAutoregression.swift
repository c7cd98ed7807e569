import RealModule

/// A linear autoregression on chosen lags, fitted by ridge regression with weights that fade with
/// age, and run forward on its own forecasts.
struct LagAutoregression: Sendable, Equatable {
  /// Steps back, ascending.
  let lags: [Int]
  /// Intercept, then one coefficient per lag, on deviations from `mean`.
  let coefficients: [Double]
  let mean: Double

  /// Part of the mean diagonal that shrinks the coefficients.
  static let ridge = 1e-3

  /// Lags for a series: the last steps, and around one to seven days and a week, as far as the
  /// history has twice as many steps.
  static func lags(seasons: Seasons, count: Int) -> [Int] {
    let day = seasons.shortest
    let week = seasons.longest
    var lags: Set<Int> = [1, 2, 3]
    if day > 3 {
      for offset in [-1, 0, 1, 2] { lags.insert(day + offset) }
      for offset in [0, 1] { lags.insert(2 * day + offset) }
      for days in 3...6 { lags.insert(days * day) }
    }
    if week > 3, week > day {
      for offset in [-1, 0, 1] { lags.insert(week + offset) }
    }
    return lags.filter { $0 > 0 && 2 * $0 <= count }.sorted()
  }

  /// Fits one model for the whole series and one for each shorter history, in one pass.
  ///
  /// - Parameters:
  ///   - values: Transformed, without gaps.
  ///   - known: Whether each value was observed; others are no targets.
  ///   - cuts: Steps left off at the end, descending; one model per cut, in that order.
  ///   - memory: Steps over which a row's weight fades to 1/e.
  static func fit(
    _ values: [Double], known: [Bool], lags: [Int], cuts: [Int], memory: Double
  ) throws(FitFailure) -> [LagAutoregression] {
    guard let furthest = lags.last, let oldest = cuts.first,
      values.count - oldest >= furthest + 3 * (lags.count + 1)
    else {
      throw .tooFewValues(known: values.count, needed: (lags.last ?? 0) + 3 * (lags.count + 1))
    }
    let mean = values.prefix(values.count - oldest).reduce(0, +) / Double(values.count - oldest)
    let features = lags.count + 1
    var equations = NormalEquations(features: features)
    let width = equations.width
    let first = furthest
    var rows = Array(repeating: 0.0, count: (values.count - first) * width)
    var weights = Array(repeating: 0.0, count: values.count - first)
    for step in first..<values.count {
      let start = (step - first) * width
      rows[start] = 1
      for (index, lag) in lags.enumerated() { rows[start + index + 1] = values[step - lag] - mean }
      rows[start + features] = values[step] - mean
      weights[step - first] =
        known[step] ? Double.exp(Double(step - values.count) / memory) : 0
    }
    var models: [LagAutoregression] = []
    var done = 0
    for cut in cuts {
      let end = values.count - cut - first
      equations.add(rows, weights, done..<end)
      done = end
      models.append(
        LagAutoregression(
          lags: lags, coefficients: try equations.solve(ridge: ridge, free: 0), mean: mean))
    }
    return models
  }

  /// Forecasts of `steps` steps after a history without gaps, transformed.
  func forecast(after values: ArraySlice<Double>, steps: Int) -> [Double] {
    guard let furthest = lags.last, values.count >= furthest else { return [] }
    var row = values.suffix(furthest).map { $0 - mean }
    row.reserveCapacity(furthest + steps)
    for step in furthest..<(furthest + max(0, steps)) {
      var sum = coefficients[0]
      for (index, lag) in lags.enumerated() { sum += coefficients[index + 1] * row[step - lag] }
      row.append(sum)
    }
    return row.dropFirst(furthest).map { $0 + mean }
  }
}
