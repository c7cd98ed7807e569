import Control
import Domain
import Forecasting
import Foundation

/// An entry of `events:`, in a configuration as in the file that `forecast --events` names:
///
///     events:
///       - { name: sale, services: [shop], from: 2026-11-27T08:00:00Z, to: 2026-11-27T23:00:00Z,
///           uplift: 3, rise: 1h, fall: 2h }
///       - { name: payday, from: 2026-01-31T06:00:00Z, to: 2026-01-31T18:00:00Z, uplift: 1.4,
///           rule: FREQ=MONTHLY;BYMONTHDAY=-1 }
///       - { name: holiday, holidays: models/holidays/DE.csv, uplift: learned }
///       - { name: lost metrics, from: 2026-05-02T10:00:00Z, to: 2026-05-02T12:00:00Z, uplift: excluded }
///
/// Without `services` it is for all of them. What recurs does so on the clock of each one's zone.
struct EventEntry: Sendable {
  enum Times: Sendable {
    case once(TimeSpan)
    case rule(RecurrenceRule, first: TimeSpan)
    case days([CivilDate])
  }

  static let keys = [
    "name", "services", "from", "to", "rule", "holidays", "only", "uplift", "uncertainty", "rise",
    "fall",
  ]

  var name: String
  /// Nil: all.
  var services: [(name: String, place: ConfigurationPlace)]?
  var times: Times
  var height: CalendarEvent.Height
  var rise: Duration
  var fall: Duration

  /// - Parameter file: Holidays are looked for as they are named, and then beside it.
  init(_ field: YAMLField, file: String) throws {
    let section = try field.section(Self.keys)
    name = try section.required("name").text()
    services = try section["services"]?.list().map { (name: try $0.text(), place: $0.place) }
    times = try Self.times(section, file: file)
    height = try Self.height(section)
    rise = try section["rise"]?.wholeSeconds() ?? .zero
    fall = try section["fall"]?.wholeSeconds() ?? .zero
  }

  /// The events of a file of its own, or of a configuration, whose other sections are not looked at.
  ///
  /// - Throws: `ConfigurationError` with file, line and column.
  static func read(path: String) throws -> [EventEntry] {
    let document = try YAMLDocument(path: path)
    guard let field = document.root.value(under: "events") else {
      throw ConfigurationError(file: path, message: "needs the key `events`")
    }
    return try field.list().map { try EventEntry($0, file: path) }
  }

  /// - Parameter zone: Whose clock it follows.
  func event(in zone: UTCOffsets) -> CalendarEvent {
    let times: CalendarEvent.Times =
      switch times {
      case .once(let span): .once(span.from.seconds..<span.to.seconds)
      case .rule(let rule, let first):
        .recurring(
          firstLocal: zone.localSeconds(at: first.from),
          duration: first.to.seconds - first.from.seconds, rule: rule)
      case .days(let days): .days(days)
      }
    return CalendarEvent(
      name: name, times: times, height: height, rampBefore: rise.wholeSeconds,
      rampAfter: fall.wholeSeconds)
  }

  func concerns(_ service: String) -> Bool {
    services?.contains { $0.name == service } ?? true
  }

  private static func times(_ section: YAMLSection, file: String) throws -> Times {
    if let holidays = section["holidays"] {
      for key in ["from", "to", "rule"] {
        if let field = section[key] { throw field.refusal("does not go with `holidays`") }
      }
      let names = try section["only"]?.list().map { try $0.text() } ?? []
      let days = try table(holidays, beside: file).days(named: names)
      guard !days.isEmpty else { throw holidays.refusal("has no holiday of these names") }
      return .days(days)
    }
    if let field = section["only"] { throw field.refusal("goes with `holidays` alone") }
    let from = try section.required("from").timestamp()
    let end = try section.required("to")
    let span = TimeSpan(from: from, to: try end.timestamp())
    guard span.from < span.to else { throw end.refusal("must be after `from`") }
    guard let rule = section["rule"] else { return .once(span) }
    let text = try rule.text()
    do throws(RecurrenceRule.ParsingError) {
      return .rule(try RecurrenceRule(parsing: text), first: span)
    } catch {
      throw rule.refusal("is no rule: \(error.reason)")
    }
  }

  private static func table(_ field: YAMLField, beside file: String) throws -> HolidayTable {
    let path = try field.text()
    let found =
      FileManager.default.fileExists(atPath: path)
      ? path : ServeConfiguration.path(path, relativeTo: file)
    guard let text = try? String(contentsOfFile: found, encoding: .utf8) else {
      throw field.refusal("names `\(found)`, which cannot be read")
    }
    guard let table = HolidayTable(parsing: text) else {
      throw field.refusal("is no list of holidays: its lines are DATE,NAME")
    }
    return table
  }

  private static func height(_ section: YAMLSection) throws -> CalendarEvent.Height {
    let field = try section.required("uplift")
    let text = try field.text()
    if text == "learned" || text == "excluded" {
      if let field = section["uncertainty"] { throw field.refusal("goes with a number alone") }
      return text == "learned" ? .learned : .excluded
    }
    guard Double(text) != nil else {
      throw field.refusal("must be a number, `learned` or `excluded`, not `\(text)`")
    }
    let factor = try field.number(in: 0.01...1000)
    let uncertainty = try section["uncertainty"]?.number(in: 0...2) ?? 0
    guard let uplift = EventUplift(factor: factor, uncertainty: uncertainty) else {
      throw field.refusal("must be a positive number")
    }
    return .given(uplift)
  }
}

extension ServicePolicy {
  /// Takes in an event of a file; what recurs follows the clock of the service's zone.
  mutating func add(_ entry: EventEntry) {
    guard case .once(let span) = entry.times else {
      calendar.append(entry.event(in: forecast.zone))
      return
    }
    var event = AnnouncedEvent(
      name: entry.name, from: span.from, to: span.to, uplift: 1, rise: entry.rise,
      fall: entry.fall)
    switch entry.height {
    case .given(let uplift):
      event.uplift = uplift.factor
      event.uncertainty = uplift.uncertainty
    case .learned: event.isLearned = true
    case .excluded:
      forecast.excluded.append(event.span)
      return
    }
    events.append(event)
  }
}
