import Domain
import Forecasting

/// What demand the next day will bring, for a plan that has to stand without us: a model of quarter
/// hours that follows what is observed, and what its forecasts missed so far out.
///
/// The control law's own model looks one lead window ahead; this one looks a day ahead and is
/// coarser. It is fitted with it and advanced with it.
struct FloorOutlook: Sendable, Equatable {
  /// A 96th of the shortest season: a quarter of an hour of a day.
  let step: Duration
  let calendar: SeasonCalendar
  private(set) var model: OutlookModel
  /// Upper demand over the forecast, one per horizon of `horizons`.
  private(set) var margins: [Double]
  /// The quantile's level that the margins are for.
  private(set) var level: Double
  /// The open step: its start, and the sum and count of what was seen in it.
  private(set) var open = OpenStep()

  /// Steps ahead at which margins were measured.
  static let horizons = [1, 2, 4, 8, 16, 32, 64, 96]
  static let steps = 96
  /// Deeper levels cannot be read off the errors of a few weeks.
  static let deepestLevel = 0.99

  init(
    step: Duration, calendar: SeasonCalendar, model: OutlookModel, margins: [Double],
    level: Double, from start: Timestamp?
  ) {
    self.step = step
    open.start = start
    self.calendar = calendar
    self.model = model
    self.margins = margins
    self.level = level
  }

  /// Takes in the mean rate over one step of the control law's model; nil is unknown.
  mutating func advance(_ value: Double?, at time: Timestamp) {
    let start = time.floored(to: step)
    if let openStart = open.start, start > openStart {
      model.advance(open.mean, at: calendar.positions(at: openStart))
      var gap = openStart + step
      // A model of one season has forgotten nothing that a longer absence could teach.
      if start.since(gap) > step * Self.steps { gap = start - step * Self.steps }
      while gap < start {
        model.advance(nil, at: calendar.positions(at: gap))
        gap = gap + step
      }
      open = OpenStep()
    }
    guard start >= open.start ?? start else { return }
    open.start = start
    open.ticks += 1
    if let value {
      open.sum += value
      open.known += 1
    }
  }

  /// The upper demand of the coming steps, the open one first, in requests per second.
  func upper() -> (start: Timestamp, rates: [Double])? {
    guard let start = open.start else { return nil }
    let positions = (0..<Self.steps).map { calendar.positions(at: start + step * $0) }
    let rates = zip(model.forecast(at: positions), 1...).map { $0 * margin(stepsAhead: $1) }
    return (start, rates)
  }

  /// Between two measured horizons, a straight line.
  private func margin(stepsAhead: Int) -> Double {
    let horizons = Self.horizons
    guard let above = horizons.firstIndex(where: { $0 >= stepsAhead }) else {
      return margins.last ?? 1
    }
    guard above > 0, horizons[above] > stepsAhead else { return margins[above] }
    let width = Double(horizons[above] - horizons[above - 1])
    let share = Double(stepsAhead - horizons[above - 1]) / width
    return margins[above - 1] + share * (margins[above] - margins[above - 1])
  }
}

extension FloorOutlook {
  func writeState(to writer: inout StateWriter) {
    writer.write(step)
    writer.write(calendar.zone)
    model.writeState(to: &writer)
    writer.write(margins)
    writer.write(level)
    writer.write(open.start)
    writer.write(open.sum)
    writer.write(open.known)
    writer.write(open.ticks)
  }

  init(from reader: inout StateReader) throws(StateError) {
    let step = try reader.readDuration()
    guard (1...604_800).contains(step.wholeSeconds) else {
      throw .inconsistent("an impossible step of a plan")
    }
    let zone = try reader.readZone()
    let model = try OutlookModel(from: &reader)
    let margins = try reader.readDoubles()
    let calendar = SeasonCalendar(
      step: step, periods: model.seasons.lengths.map { step * $0 }, zone: zone)
    self.init(
      step: step, calendar: calendar, model: model, margins: margins,
      level: try reader.readDouble(), from: nil)
    open.start = try reader.readOptionalTimestamp()
    open.sum = try reader.readDouble()
    open.known = try reader.readInt()
    open.ticks = try reader.readInt()
    guard margins.count == Self.horizons.count, margins.allSatisfy({ $0 >= 1 && $0.isFinite })
    else { throw .inconsistent("a plan's margins are not what they must be") }
  }
}
