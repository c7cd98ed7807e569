public import Domain

/// What an import says about a series before anybody relies on it.
public struct SeriesReport: Sendable, Equatable {
  /// Rows read, the repeated ones included.
  public var rows = 0
  /// `[from, to)` is covered.
  public var from: Timestamp
  public var to: Timestamp
  public var step: Duration
  /// Elements with a value.
  public var known: Int
  /// Elements without one.
  public var missing: Int
  /// The stretches without a value, in time order.
  public var gaps: [Gap]
  public var duplicatesDropped = 0
  /// Rows that lay between two instants of the grid and were counted to the nearest.
  public var offGrid = 0
  /// Instants at which exactly an hour is missing in a night in which clocks change: a sign of local
  /// times that were written down as UTC.
  public var daylightSavingJumps: [Timestamp] = []

  public struct Gap: Sendable, Equatable {
    public var from: Timestamp
    public var to: Timestamp
  }

  /// What a series says by itself.
  public init(_ series: TimeSeries) {
    from = series.start
    to = series.end
    step = series.step
    known = series.knownCount
    missing = series.count - series.knownCount
    gaps = []
    var start: Int?
    for (index, value) in series.values.enumerated() {
      if value.isNaN {
        if start == nil { start = index }
      } else if let begun = start {
        gaps.append(Gap(from: series.time(at: begun), to: series.time(at: index)))
        start = nil
      }
    }
    if let begun = start { gaps.append(Gap(from: series.time(at: begun), to: series.end)) }
  }

  static func daylightSavingJumps(_ times: [Int64], step: Int64) -> [Timestamp] {
    guard step <= 3600 else { return [] }
    return times.indices.dropFirst().compactMap { index in
      let missingFrom = Timestamp(seconds: times[index - 1] + step)
      return times[index] - times[index - 1] == step + 3600 && isClockChangeHour(missingFrom)
        ? missingFrom : nil
    }
  }

  /// Whether clocks change at about this local time anywhere: 0 to 4 o'clock on a Sunday of spring
  /// or autumn.
  static func isClockChangeHour(_ time: Timestamp) -> Bool {
    let midnight = time.floored(to: .seconds(86_400)).seconds
    let day = midnight / 86_400
    let isSunday = (day % 7 + 11) % 7 == 0
    let month = time.date.dropFirst(5).prefix(2)
    return isSunday && time.seconds - midnight < 4 * 3600
      && ["03", "04", "09", "10", "11"].contains(month)
  }
}

extension SeriesReport: CustomStringConvertible {
  /// One line: `2016-06-01T00:00:00Z to 2016-06-08T00:00:00Z, step 5m, 2016 values, no gaps`.
  public var description: String {
    var parts = ["\(from) to \(to)", "step \(step.shortText)", "\(known) values"]
    if missing == 0 {
      parts.append("no gaps")
    } else {
      parts.append("\(missing) missing in \(gaps.count) gap\(gaps.count == 1 ? "" : "s")")
    }
    if duplicatesDropped > 0 { parts.append("\(duplicatesDropped) duplicates dropped") }
    if offGrid > 0 { parts.append("\(offGrid) rows off the grid") }
    for jump in daylightSavingJumps {
      parts.append("an hour is missing at \(jump): local times written as UTC?")
    }
    return parts.joined(separator: ", ")
  }
}
