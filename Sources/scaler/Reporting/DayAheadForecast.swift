import Charts
import Control
import Domain
import Forecasting
import Simulation

/// What our forecaster said of each hour of the window at the beginning of its day, for the picture
/// of demand: from the hours before alone, announced bursts known.
struct DayAheadForecast: Sendable {
  /// Requests per second per hour; unknown where a day could not be forecast.
  let lower: TimedValues
  let middle: TimedValues
  let upper: TimedValues
  /// The share of hours whose mean lay between lower and upper; NaN if none was forecast.
  let coverage: Double

  /// The most days that are forecast; a longer window is shown without.
  static let limit = 62
  static let levels = [0.1, 0.5, 0.9]

  /// Nil for windows under a day or over the limit, and where no day could be forecast.
  ///
  /// - Complexity: One fit per day and one pass over the window.
  init?(_ world: SimulatedWorld) {
    let grid = world.grid
    let perHour = grid.period(.seconds(3600))
    let hours = grid.count / perHour
    guard hours >= 24, hours <= 24 * Self.limit else { return nil }
    let (actual, factors) = Self.hours(of: world, count: hours, perHour: perHour)
    var known = world.demand.history(width: .seconds(3600)).values
    known.reserveCapacity(known.count + hours)
    var columns = [[Double]](
      repeating: Array(repeating: .nan, count: hours), count: Self.levels.count)
    var inside = 0
    var forecast = 0
    for day in stride(from: 0, to: hours, by: 24) {
      let horizon = min(24, hours - day)
      let fit = try? ForecastBank.fit(
        values: known, seasons: [24, 168], horizon: horizon, quantiles: Self.levels)
      for hour in day..<day + horizon {
        known.append(actual[hour] / factors[hour])
        guard let row = fit?.quantiles[hour - day], row.count == columns.count else { continue }
        for column in columns.indices { columns[column][hour] = row[column] * factors[hour] }
        forecast += 1
        if actual[hour] >= columns[0][hour], actual[hour] <= columns[2][hour] { inside += 1 }
      }
    }
    guard forecast > 0 else { return nil }
    coverage = Double(inside) / Double(forecast)
    // A mean over an hour stands in its middle.
    let start = Double(grid.start.seconds) + 1800
    let times = (0..<hours).map { start + Double($0 * perHour) * grid.dt }
    func series(_ column: Int) -> TimedValues {
      TimedValues(times: times, values: columns[column])
    }
    (lower, middle, upper) = (series(0), series(1), series(2))
  }

  /// Each hour's mean rate and the mean factor of announced bursts in it.
  private static func hours(
    of world: SimulatedWorld, count: Int, perHour: Int
  ) -> (rates: [Double], factors: [Double]) {
    let grid = world.grid
    let events = world.demand.calendar.map { burst in
      AnnouncedEvent(
        name: "", from: grid.start + burst.start, to: grid.start + burst.start + burst.length,
        uplift: burst.multiplier, rise: burst.rise, fall: burst.fall)
    }
    var stream = world.demand.stream()
    var rates: [Double] = []
    var factors: [Double] = []
    for hour in 0..<count {
      var rate = 0.0
      var factor = 0.0
      for step in 0..<perHour {
        rate += stream.next().rate
        let time = grid.time(at: hour * perHour + step)
        factor += events.reduce(1) { $0 * $1.factor(at: time) }
      }
      rates.append(rate / Double(perHour))
      factors.append(max(factor / Double(perHour), 1e-9))
    }
    return (rates, factors)
  }
}
