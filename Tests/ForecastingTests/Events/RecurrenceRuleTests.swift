import Foundation
import Testing

@testable import Forecasting

@Suite struct RecurrenceRuleTests {
  /// Days by python-dateutil 2.9.0 (PyPI), `rrulestr(rule, dtstart=first)` up to the end of 2031; the
  /// file is made by `recurrences.py`.
  private struct Case {
    var first: String
    var rule: String
    var days: [String]

    static func all() throws -> [Case] {
      let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Fixtures/recurrences.txt")
      return try String(contentsOf: file, encoding: .utf8).split(whereSeparator: \.isNewline)
        .filter { !$0.hasPrefix("#") }.map { line in
          let parts = line.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
          return Case(first: parts[0], rule: parts[1], days: Array(parts.dropFirst(2)))
        }
    }
  }

  @Test("rules give the days that python-dateutil gives")
  func days() throws {
    let cases = try Case.all()
    #expect(cases.count > 20)
    let last = try #require(CivilDate(year: 2031, month: 12, day: 31))
    for one in cases {
      let first = try #require(CivilDate(parsing: one.first))
      let days = try RecurrenceRule(parsing: one.rule).days(from: first, through: last)
      let texts = days.prefix(one.days.count + 1).map { day in
        let (year, month, day) = day.components
        return String(format: "%04d-%02d-%02d", year, month, day)
      }
      #expect(texts == one.days, "\(one.rule)")
    }
  }

  @Test(
    "what is not supported is refused with its reason",
    arguments: [
      ("INTERVAL=2", "a rule needs FREQ"),
      ("FREQ=HOURLY", "FREQ is DAILY, WEEKLY, MONTHLY or YEARLY, not `HOURLY`"),
      ("FREQ=DAILY;BYSETPOS=1", "BYSETPOS is not supported"),
      ("FREQ=DAILY;COUNT=2;UNTIL=20300101", "COUNT and UNTIL exclude each other"),
      ("FREQ=DAILY;COUNT=0", "COUNT is between 1 and 100000, not `0`"),
      ("FREQ=WEEKLY;BYMONTHDAY=1", "BYMONTHDAY does not go with WEEKLY"),
      (
        "FREQ=WEEKLY;BYDAY=2MO",
        "BYDAY has an ordinal only with MONTHLY or YEARLY, and not beside BYMONTHDAY"
      ),
      ("FREQ=MONTHLY;BYDAY=XX", "BYDAY is MO, TU, … SU, 2MO or -1FR, not `XX`"),
      ("FREQ=DAILY;FREQ=DAILY", "FREQ is there twice"), ("FREQ", "`FREQ` is not NAME=VALUE"),
    ])
  func refused(text: String, reason: String) {
    #expect(throws: RecurrenceRule.ParsingError(reason: reason)) {
      try RecurrenceRule(parsing: text)
    }
  }

  @Test("a rule that never fits ends", arguments: ["FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"])
  func never(text: String) throws {
    let first = try #require(CivilDate(year: 2026, month: 1, day: 1))
    let days = try RecurrenceRule(parsing: text).days(
      from: first, through: CivilDate(days: .max))
    #expect(days.isEmpty)
  }
}
