import RealModule

/// Forecasts what followed on those days of the past whose run-up was most like the present one: the
/// method of analogues. It assumes no shape, and errs at other times than the regressions do.
///
/// The run-up is the last two of the shortest season, as deviations from the mean over the last one;
/// recent steps count more. Only moments at the same place of that season are compared.
///
/// - Note: Lorenz (1969), doi:10.1175/1520-0469(1969)26<636:APARBN>2.0.CO;2. On the held-out hours of
///   M4 Hourly's training part, at four origins, it lowers the combination's sMAPE by 1.6 to 1.9 % where
///   a third direct regression, whose place it took, raised it.
struct NearestDays: Sendable, Equatable {
  /// Steps of the season that moments are compared within.
  let day: Int

  /// Days that speak, at most; the next one sets the scale of distances.
  static let neighbours = 6
  /// How fast a day's weight falls with its squared distance, in units of that scale.
  static let sharpness = 4.0
  /// Days looked at, at most: the latest.
  static let mostDays = 1000

  /// - Returns: nil without a season.
  init?(seasons: Seasons) {
    guard seasons.count > 0 else { return nil }
    day = seasons.shortest
  }

  /// Fewest values that hold a run-up and one day with its own.
  var needed: Int { 3 * day }

  /// Forecasts of `steps` steps after a history without gaps, on the history's scale.
  ///
  /// - Parameter values: At least `needed`; with fewer the result is empty.
  /// - Complexity: O(days · length of a day).
  func forecast(after values: ArraySlice<Double>, steps: Int) -> [Double] {
    guard values.count >= needed else { return [] }
    let row = Array(values)
    let present = mean(of: row, before: row.count)
    let days = nearest(in: row, present: present)
    var forecasts: [Double] = []
    forecasts.reserveCapacity(max(0, steps))
    for step in 0..<max(0, steps) {
      var sum = 0.0
      var weight = 0.0
      for day in days where day.end + step < row.count {
        sum += day.weight * (row[day.end + step] - day.mean)
        weight += day.weight
      }
      // Far ahead, where no day has gone on for so long, the forecast repeats itself.
      let deviation =
        weight > 0
        ? sum / weight
        : (step >= day ? forecasts[step - day] : row[row.count - day + step]) - present
      forecasts.append(present + deviation)
    }
    return forecasts
  }

  private struct Analogue {
    /// Where its run-up ends.
    var end: Int
    var mean: Double
    var distance: Double
    var weight = 0.0
  }

  private func nearest(in row: [Double], present: Double) -> [Analogue] {
    let length = 2 * day
    let fading = (0..<length).map { Double.exp(-Double($0) / Double(day)) }
    let runUp = (0..<length).map { row[row.count - 1 - $0] - present }
    var found: [Analogue] = []
    var end = row.count - day
    while end >= length, found.count < Self.mostDays {
      let mean = mean(of: row, before: end)
      var distance = 0.0
      for back in 0..<length {
        let difference = runUp[back] - (row[end - 1 - back] - mean)
        distance += fading[back] * difference * difference
      }
      found.append(Analogue(end: end, mean: mean, distance: distance))
      end -= day
    }
    found.sort { ($0.distance, $1.end) < ($1.distance, $0.end) }
    let scale = found[min(Self.neighbours, found.count - 1)].distance
    for index in found.indices.prefix(Self.neighbours) {
      found[index].weight =
        scale > 0 ? Double.exp(-Self.sharpness * found[index].distance / scale) : 1
    }
    return Array(found.prefix(Self.neighbours))
  }

  /// Mean over the day that ends before a step.
  private func mean(of row: [Double], before end: Int) -> Double {
    var sum = 0.0
    for step in (end - day)..<end { sum += row[step] }
    return sum / Double(day)
  }
}
