/// Days and months of the proleptic Gregorian calendar, counted from 1970-01-01.
///
/// - Note: Howard Hinnant, "chrono-compatible low-level date algorithms": the year is counted from
///   March, so that the leap day comes last and the month lengths follow one line.
public enum CivilDay {
  /// Days since 1970-01-01 of a day of the month; a month outside 1 … 12 carries over.
  public static func number(year: Int64, month: Int64, day: Int64) -> Int64 {
    let carried = year + divide(month - 1, 12)
    let month = month - 12 * divide(month - 1, 12)
    let shifted = month <= 2 ? carried - 1 : carried
    let era = divide(shifted, 400)
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }

  /// Year, month (1 … 12) and day of the month (1 … 31) of a day.
  public static func date(of day: Int64) -> (year: Int64, month: Int64, day: Int64) {
    let shifted = day + 719_468
    let era = divide(shifted, 146_097)
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    return (
      yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month,
      dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
    )
  }

  /// Monday is 0, Sunday 6.
  public static func weekday(of day: Int64) -> Int {
    Int(modulo(day + 3, 7))
  }

  /// Rounded towards minus infinity.
  public static func divide(_ dividend: Int64, _ divisor: Int64) -> Int64 {
    dividend / divisor - (dividend % divisor < 0 ? 1 : 0)
  }

  public static func modulo(_ dividend: Int64, _ divisor: Int64) -> Int64 {
    dividend - divide(dividend, divisor) * divisor
  }
}
