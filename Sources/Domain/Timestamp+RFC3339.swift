extension Timestamp: CustomStringConvertible {
  /// RFC 3339 in UTC, `2026-11-23T09:30:00Z`.
  public var description: String {
    "\(date)T\(timeOfDay)"
  }

  /// The time of day alone, `09:30:00Z`.
  public var timeOfDay: String { clock(secondOfDay) + "Z" }

  /// The calendar date in UTC, `2026-11-23`.
  public var date: String {
    let (year, month, day) = CivilDay.date(of: dayNumber)
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
    // A day that does not exist has the number of another one.
    let date = (year: Int64(year), month: Int64(month), day: Int64(day))
    let days = CivilDay.number(year: date.year, month: date.month, day: date.day)
    guard CivilDay.date(of: days) == date, hour < 24, minute < 60, second <= 60
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
    let utc = days * 86_400 + Int64(hour * 3600 + minute * 60 + min(second, 59) - offset)
    let result = Timestamp(seconds: utc)
    guard result >= .earliest, result <= .latest else { return nil }
    self = result
  }

  private var dayNumber: Int64 { CivilDay.divide(seconds, 86_400) }
  private var secondOfDay: Int64 { CivilDay.modulo(seconds, 86_400) }

  private func clock(_ second: Int64) -> String {
    "\(padded(second / 3600, 2)):\(padded(second / 60 % 60, 2)):\(padded(second % 60, 2))"
  }

  private func padded(_ number: Int64, _ width: Int) -> String {
    let text = String(number)
    return String(repeating: "0", count: max(0, width - text.count)) + text
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
