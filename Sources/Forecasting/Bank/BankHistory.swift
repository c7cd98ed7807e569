/// The history as all candidates see it.
struct BankHistory {
  /// As given; NaN is unknown.
  let values: [Double]
  let filled: FilledSeries
  let seasons: Seasons
  /// One per value and per step of the horizon, if the seasons do not advance evenly.
  let positions: [SeasonPositions]?
  let origins: RollingOrigins
  /// Smallest and largest known value.
  let range: ClosedRange<Double>

  func positions(from start: Int, count: Int) -> [SeasonPositions] {
    if let positions { return Array(positions[start..<(start + count)]) }
    return (start..<(start + count)).map { seasons.positions(ofStep: $0) }
  }

  /// Keeps a forecast within what a history makes plausible.
  func plausible(_ forecast: Double) -> Double {
    forecast.isFinite
      ? min(max(forecast, 0.2 * range.lowerBound), 2 * range.upperBound) : range.upperBound
  }
}
