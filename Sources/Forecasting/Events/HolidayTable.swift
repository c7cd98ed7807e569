/// The public holidays of one country: days and their names, as in the files under `models/holidays`.
public struct HolidayTable: Sendable, Equatable {
  public struct Holiday: Sendable, Equatable {
    public var day: CivilDate
    public var name: String

    public init(day: CivilDate, name: String) {
      self.day = day
      self.name = name
    }
  }

  /// Ascending.
  public let holidays: [Holiday]

  public init(_ holidays: [Holiday]) {
    self.holidays = holidays.sorted { ($0.day, $0.name) < ($1.day, $1.name) }
  }

  /// From lines `2026-12-25,Christmas Day`; empty lines and those that begin with `#` are passed over.
  ///
  /// - Returns: nil if any other line does not begin with a date and a comma.
  public init?(parsing text: String) {
    var holidays: [Holiday] = []
    for line in text.split(whereSeparator: \.isNewline) where !line.hasPrefix("#") {
      let parts = line.split(separator: ",", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2, let day = CivilDate(parsing: parts[0]) else { return nil }
      holidays.append(Holiday(day: day, name: String(parts[1])))
    }
    self.init(holidays)
  }

  /// The days of the holidays named, or of all; each day once, ascending.
  public func days(named names: [String] = []) -> [CivilDate] {
    var days: [CivilDate] = []
    for holiday in holidays
    where (names.isEmpty || names.contains(holiday.name)) && days.last != holiday.day {
      days.append(holiday.day)
    }
    return days
  }
}
