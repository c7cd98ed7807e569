/// A named event that demand is known to follow: when it takes place, how it begins and ends, and
/// what is known of its height.
public struct CalendarEvent: Sendable, Equatable {
  /// When an event takes place. Times are seconds since 1970: UTC where they are one moment, of the
  /// local clock where they recur.
  public enum Times: Sendable, Equatable {
    /// Once, from one moment to another, in UTC.
    case once(Range<Int64>)
    /// From a local second on, for so many seconds, on the days of a rule that counts from its day.
    case recurring(firstLocal: Int64, duration: Int64, rule: RecurrenceRule)
    /// On whole local days.
    case days([CivilDate])
  }

  /// What is known of an event's height.
  public enum Height: Sendable, Equatable {
    case given(EventUplift)
    /// From the earlier occurrences of the same name.
    case learned
    /// Nothing: its values are wrong and are left out of what is learned from.
    case excluded
  }

  /// Events of one name are learned from together.
  public var name: String
  public var times: Times
  /// Seconds of rising before, and of falling after.
  public var rampBefore: Int64
  public var rampAfter: Int64
  public var height: Height

  /// Negative ramps count as 0.
  public init(
    name: String, times: Times, height: Height, rampBefore: Int64 = 0, rampAfter: Int64 = 0
  ) {
    self.name = name
    self.times = times
    self.height = height
    self.rampBefore = max(0, rampBefore)
    self.rampAfter = max(0, rampAfter)
  }

  /// When it takes place, in UTC, ascending by begin.
  ///
  /// - Parameters:
  ///   - range: Occurrences that touch it, their ramps included, are given.
  ///   - offset: Seconds to add to a UTC second for local time. A local time that a clock change skips
  ///     counts as if the clock had not been changed yet.
  public func occurrences(
    within range: Range<Int64>, offset: (Int64) -> Int64
  ) -> [Range<Int64>] {
    func touches(_ time: Range<Int64>) -> Bool {
      !time.isEmpty && time.lowerBound - rampBefore < range.upperBound
        && time.upperBound + rampAfter > range.lowerBound
    }
    func universal(_ local: Int64) -> Int64 {
      let guess = local - offset(local)
      return local - offset(guess)
    }
    switch times {
    case .once(let time):
      return touches(time) ? [time] : []
    case .recurring(let first, let duration, let rule):
      let begin = CivilDate(days: Self.day(of: first))
      let second = first - Int64(begin.days) * Self.secondsPerDay
      let last = CivilDate(days: Self.day(of: range.upperBound + rampBefore) + 2)
      return rule.days(from: begin, through: last).compactMap { day in
        let start = universal(Int64(day.days) * Self.secondsPerDay + second)
        let time = start..<(start + max(0, duration))
        return touches(time) ? time : nil
      }
    case .days(let days):
      return days.sorted().compactMap { day in
        let start = universal(Int64(day.days) * Self.secondsPerDay)
        let time = start..<max(start, universal(Int64(day.days + 1) * Self.secondsPerDay))
        return touches(time) ? time : nil
      }
    }
  }

  private static let secondsPerDay: Int64 = 86_400

  /// The day of a second; seconds far outside the calendar are clamped.
  private static func day(of second: Int64) -> Int {
    let days = second / secondsPerDay - (second % secondsPerDay < 0 ? 1 : 0)
    return CivilDate(days: Int(clamping: days)).days
  }
}
