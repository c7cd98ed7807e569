import Domain
import Provisioning
import Testing

@Suite("Periods of a time zone")
struct CalendarTests {
  /// Central Europe in 2026: summer time from 29 March to 25 October, both at 01:00 UTC.
  static let berlin = PeriodCalendar(
    zone: UTCOffsets(
      first: 3600,
      transitions: [
        .init(from: time("2026-03-29T01:00:00Z"), offset: 7200),
        .init(from: time("2026-10-25T01:00:00Z"), offset: 3600),
      ]))

  @Test(
    "a day has 23, 24 or 25 hours",
    arguments: [
      ("2026-03-27T23:00:00Z", 24.0), ("2026-03-28T23:00:00Z", 23), ("2026-03-29T22:00:00Z", 24),
      ("2026-10-24T22:00:00Z", 25), ("2026-10-25T23:00:00Z", 24),
    ])
  func lengths(start: String, hours: Double) {
    let periods = Self.berlin.periods(
      .day, from: time(start), to: time(start) + .seconds(30 * 3600))
    #expect(periods.first?.hours == hours)
    #expect(periods.first?.isPartial == false)
  }

  @Test("days follow each other without gaps over a change of clocks")
  func contiguous() {
    let from = time("2026-03-26T23:00:00Z")
    let periods = Self.berlin.periods(.day, from: from, to: from + .seconds(6 * 86_400))
    #expect(zip(periods, periods.dropFirst()).allSatisfy { $0.end == $1.start })
    #expect(periods.map(\.hours) == [24, 24, 23, 24, 24, 24, 1])
    #expect(periods.map(\.isPartial) == [false, false, false, false, false, false, true])
  }

  @Test("the last month may be partial and says so")
  func partialMonth() {
    let periods = PeriodCalendar.utc.periods(
      .month, from: time("2026-12-01T00:00:00Z"), to: time("2027-02-10T00:00:00Z"))
    #expect(
      periods == [
        Period(start: time("2026-12-01T00:00:00Z"), end: time("2027-01-01T00:00:00Z")),
        Period(start: time("2027-01-01T00:00:00Z"), end: time("2027-02-01T00:00:00Z")),
        Period(
          start: time("2027-02-01T00:00:00Z"), end: time("2027-02-10T00:00:00Z"),
          isPartial: true),
      ])
  }

  @Test("a span that begins within a period begins with a partial one")
  func partialStart() {
    let periods = PeriodCalendar.utc.periods(
      .day, from: time("2026-11-23T19:00:00Z"), to: time("2026-11-25T00:00:00Z"))
    #expect(periods.map(\.hours) == [5, 24])
    #expect(periods.map(\.isPartial) == [true, false])
  }

  @Test(
    "the next boundary is the instant itself or the first one after it",
    arguments: [
      (Granularity.hour, "2026-11-23T19:00:00Z", "2026-11-23T19:00:00Z"),
      (.hour, "2026-11-23T19:00:01Z", "2026-11-23T20:00:00Z"),
      (.day, "2026-11-23T00:00:00Z", "2026-11-23T23:00:00Z"),
      (.month, "2026-11-23T00:00:00Z", "2026-11-30T23:00:00Z"),
      (.month, "2026-12-31T23:00:00Z", "2026-12-31T23:00:00Z"),
    ])
  func boundaries(granularity: Granularity, from: String, next: String) {
    #expect(Self.berlin.nextBoundary(granularity, atOrAfter: time(from)) == time(next))
  }

  @Test("hours of a zone that is half an hour off begin at half past")
  func halfHours() {
    let india = PeriodCalendar(zone: UTCOffsets(first: 19_800, transitions: []))
    #expect(
      india.nextBoundary(.hour, atOrAfter: time("2026-11-23T19:00:00Z"))
        == time("2026-11-23T19:30:00Z"))
    #expect(
      india.nextBoundary(.day, atOrAfter: time("2026-11-23T19:00:00Z"))
        == time("2026-11-24T18:30:00Z"))
  }
}
