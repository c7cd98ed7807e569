import Forecasting
import Testing

@Suite struct CalendarEventTests {
  private let uplift = EventUplift(factor: 2)
  /// Berlin in 2026: summer time from 29 March to 25 October, 01:00 UTC.
  private func berlin(_ time: Int64) -> Int64 {
    (1_774_746_000..<1_792_890_000).contains(time) ? 7200 : 3600
  }

  private func second(_ text: String, hour: Int64) throws -> Int64 {
    Int64(try #require(CivilDate(parsing: text)).days) * 86_400 + hour * 3600
  }

  @Test("what recurs keeps its local hour over a change of clocks")
  func recurs() throws {
    let event = CalendarEvent(
      name: "lunch",
      times: .recurring(
        firstLocal: try second("2026-03-01", hour: 12), duration: 3600,
        rule: try RecurrenceRule(parsing: "FREQ=DAILY")), height: .learned)
    let from = try second("2026-03-28", hour: 0)
    let times = event.occurrences(within: from..<(from + 2 * 86_400), offset: berlin)
    #expect(times.map(\.lowerBound) == [from + 11 * 3600, from + 86_400 + 10 * 3600])
    #expect(times.allSatisfy { $0.count == 3600 })
  }

  @Test("a holiday is a whole local day, of 23 hours where clocks go forward")
  func holiday() throws {
    let table = try #require(
      HolidayTable(parsing: "# made up\n2026-03-29,Early Day\n2026-05-01,Labor Day\n"))
    let event = CalendarEvent(
      name: "holiday", times: .days(table.days(named: ["Early Day"])), height: .excluded)
    let begin = try second("2026-03-29", hour: -1)
    let times = event.occurrences(within: (begin - 10)..<(begin + 10), offset: berlin)
    #expect(times == [begin..<(begin + 23 * 3600)])
  }

  @Test("an occurrence whose ramp alone touches the range is given, others are not")
  func ramps() throws {
    let event = CalendarEvent(
      name: "sale", times: .once(10_000..<20_000), height: .learned, rampBefore: 1000,
      rampAfter: 2000)
    #expect(event.occurrences(within: 0..<9001, offset: { _ in 0 }).count == 1)
    #expect(event.occurrences(within: 0..<9000, offset: { _ in 0 }).isEmpty)
    #expect(event.occurrences(within: 21_999..<30_000, offset: { _ in 0 }).count == 1)
    #expect(event.occurrences(within: 22_000..<30_000, offset: { _ in 0 }).isEmpty)
  }

  @Test(
    "a list of holidays that is none is refused",
    arguments: ["2026-02-30,No Day", "Christmas", "2026-12-25"])
  func refused(text: String) {
    #expect(HolidayTable(parsing: text) == nil)
  }
}
