import Domain
import Forecasting
import Foundation

/// The events that `--events` names, as YAML:
///
///     events:
///       - { name: sale, from: 2026-11-27T08:00:00Z, to: 2026-11-27T23:00:00Z, uplift: learned, ramp: 1h }
///       - { name: payday, from: 2026-01-31T06:00:00Z, to: 2026-01-31T18:00:00Z, uplift: 1.4,
///           rule: FREQ=MONTHLY;BYMONTHDAY=-1 }
///       - { name: holiday, holidays: models/holidays/DE.csv, uplift: learned }
///       - { name: lost metrics, from: 2026-05-02T10:00:00Z, to: 2026-05-02T12:00:00Z, uplift: excluded }
///
/// A file of `scaler serve` may be given too: its other sections are not looked at.
enum EventsFile {
  private static let keys = [
    "name", "services", "from", "to", "rule", "holidays", "only", "uplift", "uncertainty", "ramp",
    "ramp_before", "ramp_after",
  ]

  /// An event, and the series that it is for; nil is all of them.
  struct Entry: Sendable, Equatable {
    var event: CalendarEvent
    var series: [String]?
  }

  /// - Parameter zone: Whose clock recurring events and holidays follow.
  /// - Throws: `ConfigurationError` with file, line and column.
  static func read(path: String, zone: UTCOffsets) throws -> [Entry] {
    let document = try YAMLDocument(path: path)
    guard let field = document.root.value(under: "events") else {
      throw ConfigurationError(file: path, message: "needs the key `events`")
    }
    return try field.list().map { try entry($0.section(keys), file: path, zone: zone) }
  }

  private static func entry(
    _ section: YAMLSection, file: String, zone: UTCOffsets
  ) throws -> Entry {
    let ramp = try section["ramp"]?.wholeSeconds().wholeSeconds ?? 0
    let event = CalendarEvent(
      name: try section.required("name").text(), times: try times(section, file: file, zone: zone),
      height: try height(section),
      rampBefore: try section["ramp_before"]?.wholeSeconds().wholeSeconds ?? ramp,
      rampAfter: try section["ramp_after"]?.wholeSeconds().wholeSeconds ?? ramp)
    return Entry(event: event, series: try section["services"]?.list().map { try $0.text() })
  }

  private static func times(
    _ section: YAMLSection, file: String, zone: UTCOffsets
  ) throws -> CalendarEvent.Times {
    if let holidays = section["holidays"] {
      for key in ["from", "to", "rule"] {
        if let field = section[key] { throw field.refusal("does not go with `holidays`") }
      }
      let names = try section["only"]?.list().map { try $0.text() } ?? []
      let days = try table(holidays, relativeTo: file).days(named: names)
      guard !days.isEmpty else { throw holidays.refusal("has no holiday of these names") }
      return .days(days)
    }
    let from = try section.required("from").timestamp()
    let end = try section.required("to")
    let to = try end.timestamp()
    guard from < to else { throw end.refusal("must be after `from`") }
    guard let rule = section["rule"] else { return .once(from.seconds..<to.seconds) }
    let text = try rule.text()
    do throws(RecurrenceRule.ParsingError) {
      return .recurring(
        firstLocal: zone.localSeconds(at: from), duration: to.seconds - from.seconds,
        rule: try RecurrenceRule(parsing: text))
    } catch {
      throw rule.refusal("is no rule: \(error.reason)")
    }
  }

  /// The file as it stands, or else beside the events' file.
  private static func table(_ field: YAMLField, relativeTo file: String) throws -> HolidayTable {
    let path = try field.text()
    let beside = URL(fileURLWithPath: file).deletingLastPathComponent().appending(path: path).path
    let found = FileManager.default.fileExists(atPath: path) ? path : beside
    guard let text = try? String(contentsOfFile: found, encoding: .utf8) else {
      throw field.refusal("cannot be read")
    }
    guard let table = HolidayTable(parsing: text) else {
      throw field.refusal("is no list of holidays: its lines are DATE,NAME")
    }
    return table
  }

  private static func height(_ section: YAMLSection) throws -> CalendarEvent.Height {
    let field = try section.required("uplift")
    switch try field.text() {
    case "learned": return .learned
    case "excluded": return .excluded
    default:
      let factor = try field.number(above: 0)
      let uncertainty = try section["uncertainty"]?.number(in: 0...2) ?? 0
      guard let uplift = EventUplift(factor: factor, uncertainty: uncertainty) else {
        throw field.refusal("must be a positive factor, `learned` or `excluded`")
      }
      return .given(uplift)
    }
  }
}
