/// A calendar day and time of day, of an instant seen at a fixed UTC offset.
struct CivilDate: Equatable {
  let year: Int
  let month: Int
  let day: Int
  let secondOfDay: Int

  /// - Parameters:
  ///   - seconds: Unix time; clamped to ±1e11 (some 3,000 years around 1970), so nothing traps.
  ///   - offset: seconds east of UTC.
  init(unixSeconds seconds: Double, offset: Int) {
    let bounded = seconds.isFinite ? max(-1e11, min(1e11, seconds)) : 0
    let local = Int(bounded.rounded(.down)) + offset
    let days = Self.floorDivide(local, 86_400)
    secondOfDay = local - days * 86_400
    (year, month, day) = Self.civil(daysSinceEpoch: days)
  }

  var hour: Int { secondOfDay / 3600 }
  var minute: Int { secondOfDay / 60 % 60 }
  var second: Int { secondOfDay % 60 }
  var monthName: String { Self.monthNames[month - 1] }

  /// `09:30`, or `09:30:15` where seconds matter.
  func clock(withSeconds: Bool) -> String {
    let base = Self.two(hour) + ":" + Self.two(minute)
    return withSeconds ? base + ":" + Self.two(second) : base
  }

  /// `2026-11-23 09:30`, for tables.
  func stamp(withSeconds: Bool) -> String {
    "\(year)-\(Self.two(month))-\(Self.two(day)) " + clock(withSeconds: withSeconds)
  }

  static let monthNames = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]

  /// Monday is 0.
  static func weekday(daysSinceEpoch days: Int) -> Int {
    let shifted = (days + 3) % 7
    return shifted < 0 ? shifted + 7 : shifted
  }

  static func floorDivide(_ dividend: Int, _ divisor: Int) -> Int {
    let quotient = dividend / divisor
    return dividend % divisor < 0 ? quotient - 1 : quotient
  }

  /// Howard Hinnant, "chrono-compatible low-level date algorithms", `civil_from_days`.
  private static func civil(daysSinceEpoch days: Int) -> (year: Int, month: Int, day: Int) {
    let shifted = days + 719_468
    let era = floorDivide(shifted, 146_097)
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
  }

  /// Days since 1970-01-01 of the first of a month; `month` may lie outside 1…12 and carries over.
  static func daysSinceEpoch(year: Int, month: Int) -> Int {
    let carried = year + floorDivide(month - 1, 12)
    let month = month - 12 * floorDivide(month - 1, 12)
    let shiftedYear = month <= 2 ? carried - 1 : carried
    let era = floorDivide(shiftedYear, 400)
    let yearOfEra = shiftedYear - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }

  private static func two(_ number: Int) -> String {
    number < 10 ? "0\(number)" : "\(number)"
  }
}
