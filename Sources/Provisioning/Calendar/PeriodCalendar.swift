public import Domain

/// The hours, days and months of a time zone.
///
/// A day runs from one local midnight to the next, so it has 23 or 25 hours when the clocks change;
/// the hour that a clock shows twice makes two periods. Where a midnight is skipped, the day begins
/// at the first instant after it.
public struct PeriodCalendar: Sendable, Equatable {
  public var zone: UTCOffsets

  public static let utc = PeriodCalendar(zone: .utc)

  public init(zone: UTCOffsets) {
    self.zone = zone
  }

  /// The first begin of a period at or after an instant.
  public func nextBoundary(_ granularity: Granularity, atOrAfter time: Timestamp) -> Timestamp {
    let begin = boundary(granularity, atOrBefore: time)
    return begin == time ? time : boundary(granularity, after: begin)
  }

  /// The periods that begin at `from` or later and before `to`, in order. If `from` is no boundary,
  /// the first period begins at it and is partial; the last one is partial if `to` cuts it short.
  public func periods(
    _ granularity: Granularity, from: Timestamp, to: Timestamp
  ) -> [Period] {
    var periods: [Period] = []
    var start = from
    var isWhole = boundary(granularity, atOrBefore: from) == from
    while start < to {
      let end = boundary(granularity, after: start)
      guard end > start else { break }
      periods.append(
        Period(start: start, end: min(end, to), isPartial: end > to || !isWhole))
      isWhole = true
      start = end
    }
    return periods
  }

  /// The begin of the period that holds an instant.
  private func boundary(_ granularity: Granularity, atOrBefore time: Timestamp) -> Timestamp {
    switch granularity {
    case .hour: return hour(time)
    case .day, .month:
      let begin = instant(ofLocal: first(granularity, of: time, ahead: 0) * 86_400)
      // After a midnight that came twice the second one may still lie ahead.
      return begin <= time ? begin : time
    }
  }

  private func boundary(_ granularity: Granularity, after time: Timestamp) -> Timestamp {
    switch granularity {
    case .hour: return hour(time) + .seconds(3600)
    case .day, .month:
      return instant(ofLocal: first(granularity, of: time, ahead: 1) * 86_400)
    }
  }

  /// The day number on which the period of an instant, or the one after it, begins.
  private func first(_ granularity: Granularity, of time: Timestamp, ahead: Int64) -> Int64 {
    let day = CivilDay.divide(zone.localSeconds(at: time), 86_400)
    guard granularity == .month else { return day + ahead }
    let (year, month, _) = CivilDay.date(of: day)
    return CivilDay.number(year: year, month: month + ahead, day: 1)
  }

  /// Whole hours as the local clock shows them, which in some zones begin at half past in UTC.
  private func hour(_ time: Timestamp) -> Timestamp {
    Timestamp(
      seconds: time.seconds - CivilDay.modulo(zone.localSeconds(at: time), 3600))
  }

  /// The first instant at which the local clock shows that time or a later one.
  private func instant(ofLocal local: Int64) -> Timestamp {
    var earliest: Timestamp?
    var offsets = [zone.first]
    for transition in zone.transitions { offsets.append(transition.offset) }
    for offset in Set(offsets).sorted() {
      let guess = Timestamp(seconds: local - Int64(offset))
      if zone.localSeconds(at: guess) == local { earliest = min(earliest ?? guess, guess) }
    }
    if let earliest { return earliest }
    // The clock jumped over it: the jump itself.
    let jump = zone.transitions.first { transition in
      transition.from.seconds + Int64(transition.offset) > local
        && zone.localSeconds(at: Timestamp(seconds: transition.from.seconds - 1)) < local
    }
    return jump?.from ?? Timestamp(seconds: local - Int64(zone.first))
  }
}
