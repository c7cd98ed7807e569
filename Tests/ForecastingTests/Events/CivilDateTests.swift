import Forecasting
import Testing

@Suite struct CivilDateTests {
  @Test(
    "days count from 1970 and know their weekday",
    arguments: [
      (1970, 1, 1, 0, 3), (1969, 12, 31, -1, 2), (2000, 2, 29, 11_016, 1),
      (2026, 11, 23, 20_780, 0), (2100, 3, 1, 47_541, 0), (1, 1, 1, -719_162, 0),
    ])
  func known(year: Int, month: Int, day: Int, days: Int, weekday: Int) throws {
    let date = try #require(CivilDate(year: year, month: month, day: day))
    #expect(date.days == days)
    #expect(date.weekday == weekday)
    #expect(date.components == (year, month, day))
  }

  @Test("every day of four centuries comes back from its number")
  func roundTrip() throws {
    for days in stride(from: -719_162, through: 2_932_896, by: 97) {
      let (year, month, day) = CivilDate(days: days).components
      #expect(CivilDate(year: year, month: month, day: day)?.days == days)
    }
  }

  @Test(
    "what is no day is none",
    arguments: [
      "2026-02-30", "2026-13-01", "20260229", "2026-1-01", "2026/01/01", "", "0000-01-01",
    ])
  func refused(text: String) {
    #expect(CivilDate(parsing: text) == nil)
  }
}
