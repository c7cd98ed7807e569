public import Domain
public import Forecasting

/// Turns instants into season positions: the clock of the service's zone, cut into steps.
///
/// The position comes from the timestamp, never from a count of samples, so a gap or a day of 23
/// or 25 hours does not shift the week. Local days and weeks start at 1970-01-01 (a Thursday); which
/// weekday is first does not matter to a season.
public struct SeasonCalendar: Sendable, Equatable {
  public let step: Duration
  public let seasons: Seasons
  let zone: UTCOffsets
  private let lengths: [Int64]
  private let width: Int64

  /// Periods that are no longer than a step, or that are not whole steps, are left out.
  public init(step: Duration, periods: [Duration], zone: UTCOffsets) {
    let width = step.wholeSeconds
    let fitting = periods.map(\.wholeSeconds).filter { $0 >= 2 * width && $0 % width == 0 }
    let seasons = Seasons(fitting.map { Int($0 / width) })
    self.step = step
    self.zone = zone
    self.width = width
    self.seasons = seasons ?? .none
    lengths = seasons == nil ? [] : fitting
  }

  /// Where the step that starts at `time` lies in each season.
  public func positions(at time: Timestamp) -> SeasonPositions {
    let local = zone.localSeconds(at: time)
    var positions = SeasonPositions()
    for (season, length) in lengths.enumerated() {
      let rest = local % length
      positions[season] = Int((rest < 0 ? rest + length : rest) / width)
    }
    return positions
  }
}
