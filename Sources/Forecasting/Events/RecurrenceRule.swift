/// On which days something recurs: the part of RFC 5545's recurrence rules that demand needs.
///
/// | part | values |
/// |---|---|
/// | `FREQ` | `DAILY`, `WEEKLY`, `MONTHLY`, `YEARLY`; required |
/// | `INTERVAL` | every so many days, weeks, months or years; 1 … 1000 |
/// | `BYDAY` | `MO` … `SU`; in months and years with an ordinal: `4TH`, `-1FR`; without one, each |
/// | `BYMONTHDAY` | 1 … 31, or -1 … -31 from the month's end; not with `WEEKLY` |
/// | `BYMONTH` | 1 … 12 |
/// | `COUNT` | so many occurrences, from the first on; 1 … 100,000 |
/// | `UNTIL` | the last day, as `20261231` or with a time, which is left out |
///
/// Weeks begin on Monday. Any other part is refused rather than passed over. What the rule leaves open
/// is taken from the first day, which counts only if it fits the rule itself.
public struct RecurrenceRule: Sendable, Equatable {
  public enum Frequency: String, Sendable, Equatable {
    case daily = "DAILY"
    case weekly = "WEEKLY"
    case monthly = "MONTHLY"
    case yearly = "YEARLY"
  }

  /// A day of the week, and which of them within the month or year; 0 is each of them.
  public struct Weekday: Sendable, Equatable {
    public var ordinal: Int
    /// 0 is Monday.
    public var weekday: Int
  }

  public private(set) var frequency: Frequency
  public private(set) var interval = 1
  public private(set) var weekdays: [Weekday] = []
  public private(set) var monthDays: [Int] = []
  public private(set) var months: [Int] = []
  public private(set) var count: Int?
  public private(set) var until: CivilDate?

  /// Why a text is no rule: a sentence without a full stop.
  public struct ParsingError: Error, Sendable, Equatable {
    public let reason: String
  }

  /// From `FREQ=YEARLY;BYMONTH=11;BYDAY=4TH`, with or without `RRULE:` before it.
  public init(parsing text: String) throws(ParsingError) {
    let body = text.uppercased().hasPrefix("RRULE:") ? text.dropFirst(6) : text[...]
    var parts: [(name: String, value: String)] = []
    for part in body.uppercased().split(separator: ";") {
      let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard pair.count == 2 else { throw ParsingError(reason: "`\(part)` is not NAME=VALUE") }
      guard !parts.contains(where: { $0.name == pair[0] }) else {
        throw ParsingError(reason: "\(pair[0]) is there twice")
      }
      parts.append((String(pair[0]), String(pair[1])))
    }
    guard let value = parts.first(where: { $0.name == "FREQ" })?.value else {
      throw ParsingError(reason: "a rule needs FREQ")
    }
    guard let frequency = Frequency(rawValue: value) else {
      throw ParsingError(reason: "FREQ is DAILY, WEEKLY, MONTHLY or YEARLY, not `\(value)`")
    }
    self.frequency = frequency
    for part in parts where part.name != "FREQ" { try set(part.name, part.value) }
    try check()
  }

  private mutating func set(_ name: String, _ value: String) throws(ParsingError) {
    let items = value.split(separator: ",", omittingEmptySubsequences: false)
    switch name {
    case "INTERVAL": interval = try Self.number(value, name, 1...1000)
    case "COUNT": count = try Self.number(value, name, 1...100_000)
    case "BYMONTH": for item in items { months.append(try Self.number(item, name, 1...12)) }
    case "BYMONTHDAY":
      for item in items {
        let day = try Self.number(item, name, -31...31)
        guard day != 0 else { throw ParsingError(reason: "BYMONTHDAY is not 0") }
        monthDays.append(day)
      }
    case "BYDAY": for item in items { weekdays.append(try Self.weekday(item)) }
    case "UNTIL":
      guard let date = CivilDate(parsing: value.prefix { $0 != "T" }) else {
        throw ParsingError(reason: "UNTIL is a date such as 20261231, not `\(value)`")
      }
      until = date
    default: throw ParsingError(reason: "\(name) is not supported")
    }
  }

  private func check() throws(ParsingError) {
    if count != nil, until != nil {
      throw ParsingError(reason: "COUNT and UNTIL exclude each other")
    }
    let hasOrdinal = weekdays.contains { $0.ordinal != 0 }
    if hasOrdinal, frequency == .daily || frequency == .weekly || !monthDays.isEmpty {
      throw ParsingError(
        reason: "BYDAY has an ordinal only with MONTHLY or YEARLY, and not beside BYMONTHDAY")
    }
    if frequency == .weekly, !monthDays.isEmpty {
      throw ParsingError(reason: "BYMONTHDAY does not go with WEEKLY")
    }
  }

  private static func number(
    _ text: some StringProtocol, _ name: String, _ range: ClosedRange<Int>
  ) throws(ParsingError) -> Int {
    guard let number = Int(text), range.contains(number) else {
      throw ParsingError(
        reason: "\(name) is between \(range.lowerBound) and \(range.upperBound), not `\(text)`")
    }
    return number
  }

  private static let weekdayNames = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]

  private static func weekday(_ text: some StringProtocol) throws(ParsingError) -> Weekday {
    guard let weekday = weekdayNames.firstIndex(of: String(text.suffix(2))) else {
      throw ParsingError(reason: "BYDAY is MO, TU, … SU, 2MO or -1FR, not `\(text)`")
    }
    let ordinal = text.dropLast(2)
    if ordinal.isEmpty { return Weekday(ordinal: 0, weekday: weekday) }
    guard let number = Int(ordinal), number != 0, (-53...53).contains(number) else {
      throw ParsingError(reason: "BYDAY is MO, TU, … SU, 2MO or -1FR, not `\(text)`")
    }
    return Weekday(ordinal: number, weekday: weekday)
  }
}

extension RecurrenceRule: CustomStringConvertible {
  /// The rule as `init(parsing:)` reads it back.
  public var description: String {
    var parts = ["FREQ=" + frequency.rawValue]
    if interval != 1 { parts.append("INTERVAL=\(interval)") }
    func list(_ name: String, _ items: [String]) {
      if !items.isEmpty { parts.append(name + "=" + items.joined(separator: ",")) }
    }
    list("BYMONTH", months.map { "\($0)" })
    list("BYMONTHDAY", monthDays.map { "\($0)" })
    list(
      "BYDAY",
      weekdays.map { ($0.ordinal == 0 ? "" : "\($0.ordinal)") + Self.weekdayNames[$0.weekday] })
    if let count { parts.append("COUNT=\(count)") }
    if let until { parts.append("UNTIL=\(until)") }
    return parts.joined(separator: ";")
  }
}
