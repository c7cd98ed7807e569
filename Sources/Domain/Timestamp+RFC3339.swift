extension Timestamp: CustomStringConvertible {
  /// RFC 3339 in UTC, `2026-11-23T09:30:00Z`.
  public var description: String {
    let (year, month, day) = Self.civil(daysSince1970: dayNumber)
    let second = secondOfDay
    return "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))T\(clock(second))Z"
  }

  /// The time of day alone, `09:30:00Z`.
  public var timeOfDay: String { clock(secondOfDay) + "Z" }

  /// The calendar date in UTC, `2026-11-23`.
  public var date: String {
    let (year, month, day) = Self.civil(daysSince1970: dayNumber)
    return "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))"
  }

  /// Reads RFC 3339 with `Z` or any offset (`2026-11-23T10:30:00+01:00`; a space may stand for
  /// the `T`; a fraction of a second is cut off), or Unix seconds (`1700000000`, decimals are cut
  /// off). Nil for anything else, for dates that do not exist, and outside the years 0-9999.
  public init?(parsing text: String) {
    if let parsed = Timestamp(rfc3339: text) {
      self = parsed
      return
    }
    guard !text.isEmpty, text.utf8.allSatisfy({ "0123456789.-".utf8.contains($0) }),
      let number = Double(text), number.isFinite,
      number >= Double(Timestamp.earliest.seconds), number <= Double(Timestamp.latest.seconds)
    else { return nil }
    self.init(seconds: Int64(number.rounded(.down)))
  }

  public init?(rfc3339 text: String) {
    var scanner = DigitScanner(text)
    guard let year = scanner.digits(4), scanner.skip("-"),
      let month = scanner.digits(2), scanner.skip("-"),
      let day = scanner.digits(2), scanner.skip("T") || scanner.skip("t") || scanner.skip(" "),
      let hour = scanner.digits(2), scanner.skip(":"),
      let minute = scanner.digits(2), scanner.skip(":"),
      let second = scanner.digits(2)
    else { return nil }
    guard (1...12).contains(month), (1...Self.days(inMonth: month, of: year)).contains(day),
      hour < 24, minute < 60, second <= 60
    else { return nil }
    if scanner.skip(".") {
      guard scanner.skipDigits() > 0 else { return nil }
    }
    var offset = 0
    if !scanner.skip("Z") && !scanner.skip("z") {
      let sign = scanner.skip("+") ? 1 : scanner.skip("-") ? -1 : 0
      guard sign != 0, let hours = scanner.digits(2), scanner.skip(":"),
        let minutes = scanner.digits(2), hours < 24, minutes < 60
      else { return nil }
      offset = sign * (hours * 3600 + minutes * 60)
    }
    guard scanner.isAtEnd else { return nil }
    let days = Self.daysSince1970(year: year, month: month, day: day)
    let utc = Int64(days * 86_400 + hour * 3600 + minute * 60 + min(second, 59) - offset)
    let result = Timestamp(seconds: utc)
    guard result >= .earliest, result <= .latest else { return nil }
    self = result
  }

  private var dayNumber: Int { Int(floored(to: .seconds(86_400)).seconds / 86_400) }
  private var secondOfDay: Int { Int(seconds) - dayNumber * 86_400 }

  private func clock(_ second: Int) -> String {
    "\(padded(second / 3600, 2)):\(padded(second / 60 % 60, 2)):\(padded(second % 60, 2))"
  }

  private func padded(_ number: Int, _ width: Int) -> String {
    let text = String(number)
    return String(repeating: "0", count: max(0, width - text.count)) + text
  }

  /// Days from 1970-01-01 to a date of the proleptic Gregorian calendar. The year is counted from
  /// March, so that the leap day comes last and the month lengths follow one line.
  static func daysSince1970(year: Int, month: Int, day: Int) -> Int {
    let shifted = month > 2 ? year : year - 1
    let era = (shifted >= 0 ? shifted : shifted - 399) / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }

  static func civil(daysSince1970 days: Int) -> (year: Int, month: Int, day: Int) {
    let shifted = days + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra =
      (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let marchMonth = (5 * dayOfYear + 2) / 153
    let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    return (year, month, dayOfYear - (153 * marchMonth + 2) / 5 + 1)
  }

  static func days(inMonth month: Int, of year: Int) -> Int {
    switch month {
    case 2: return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28
    case 4, 6, 9, 11: return 30
    default: return 31
    }
  }
}

private struct DigitScanner {
  private var rest: Substring.UTF8View

  init(_ text: String) { rest = Substring(text).utf8 }

  var isAtEnd: Bool { rest.isEmpty }

  mutating func digits(_ count: Int) -> Int? {
    var value = 0
    for _ in 0..<count {
      guard let byte = rest.first, (48...57).contains(byte) else { return nil }
      value = value * 10 + Int(byte - 48)
      rest.removeFirst()
    }
    return value
  }

  mutating func skip(_ character: Character) -> Bool {
    guard let byte = rest.first, byte == character.asciiValue else { return false }
    rest.removeFirst()
    return true
  }

  mutating func skipDigits() -> Int {
    var count = 0
    while let byte = rest.first, (48...57).contains(byte) {
      rest.removeFirst()
      count += 1
    }
    return count
  }
}
