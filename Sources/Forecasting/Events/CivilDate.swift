/// A day of the Gregorian calendar, without a place or a time.
public struct CivilDate: Sendable, Hashable, Comparable {
  /// Days since 1970-01-01; negative before.
  public let days: Int

  /// The years that dates are kept within.
  public static let years = 1...9999

  public init(days: Int) {
    self.days = min(max(days, -719_162), 2_932_896)
  }

  /// - Returns: nil if there is no such day, such as 30 February.
  public init?(year: Int, month: Int, day: Int) {
    guard Self.years.contains(year), (1...12).contains(month),
      (1...Self.length(ofMonth: month, year: year)).contains(day)
    else { return nil }
    // Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms": years begin in March.
    let shifted = month > 2 ? year : year - 1
    let era = shifted / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    days = era * 146_097 + dayOfEra - 719_468
  }

  /// From `2026-11-27` or `20261127`; nil if it is neither.
  public init?(parsing text: some StringProtocol) {
    let digits = text.utf8.filter { $0 != 0x2d }
    let dashes = text.utf8.count - digits.count
    guard digits.count == 8, dashes == 0 || dashes == 2,
      digits.allSatisfy({ (0x30...0x39).contains($0) })
    else { return nil }
    if dashes == 2 {
      let parts = text.split(separator: "-", omittingEmptySubsequences: false)
      guard parts.map(\.utf8.count) == [4, 2, 2] else { return nil }
    }
    func number(_ range: Range<Int>) -> Int {
      digits[range].reduce(0) { 10 * $0 + Int($1) - 0x30 }
    }
    self.init(year: number(0..<4), month: number(4..<6), day: number(6..<8))
  }

  /// Year, month 1 … 12 and day 1 … 31.
  public var components: (year: Int, month: Int, day: Int) {
    let shifted = days + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra =
      (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let month = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * month + 2) / 5 + 1
    let january = month >= 10
    return (
      yearOfEra + era * 400 + (january ? 1 : 0), january ? month - 9 : month + 3, day
    )
  }

  /// 0 is Monday, 6 Sunday.
  public var weekday: Int {
    let shifted = (days + 3) % 7
    return shifted < 0 ? shifted + 7 : shifted
  }

  public static func < (left: CivilDate, right: CivilDate) -> Bool { left.days < right.days }

  /// 28 … 31; `month` must be in 1 … 12.
  static func length(ofMonth month: Int, year: Int) -> Int {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }
}

extension CivilDate: CustomStringConvertible {
  /// `20261127`, as a recurrence rule has it.
  public var description: String {
    let (year, month, day) = components
    let digits = String(year * 10_000 + month * 100 + day)
    return String(repeating: "0", count: max(0, 8 - digits.count)) + digits
  }
}
