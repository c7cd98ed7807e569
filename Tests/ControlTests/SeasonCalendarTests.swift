import Control
import Domain
import Forecasting
import Testing

@Suite("Seasons by the local clock")
struct SeasonCalendarTests {
  /// Berlin in 2026: two hours ahead from 29 March 01:00 UTC until 25 October 01:00 UTC, else one.
  private let berlin = UTCOffsets(
    first: 3600,
    transitions: [
      .init(from: Timestamp(seconds: 1_774_746_000), offset: 7200),
      .init(from: Timestamp(seconds: 1_792_890_000), offset: 3600),
    ])
  private let hour: Duration = .seconds(3600)

  private func calendar(_ zone: UTCOffsets) -> SeasonCalendar {
    SeasonCalendar(step: hour, periods: [.seconds(86_400), .seconds(7 * 86_400)], zone: zone)
  }

  @Test("the same local hour is the same place in the day and the week, on both sides of a change")
  func changes() {
    let calendar = calendar(berlin)
    for change in berlin.transitions {
      // Nine o'clock of the week before and of the week after: an hour apart in UTC.
      let midnight = change.from.seconds - change.from.seconds % 86_400
      let before = Timestamp(
        seconds: midnight - 3 * 86_400 + 9 * 3600
          - Int64(berlin.offset(at: change.from - .seconds(1))))
      let after = Timestamp(seconds: midnight + 4 * 86_400 + 9 * 3600 - Int64(change.offset))
      #expect(after.since(before) != .seconds(7 * 86_400))
      let (old, new) = (calendar.positions(at: before), calendar.positions(at: after))
      #expect(old[0] == 9 && new[0] == 9)
      #expect(old[1] == new[1])
    }
  }

  @Test("the day of a change has 23 or 25 hours, and no place in the week is met out of turn")
  func shortAndLongDays() {
    let calendar = calendar(berlin)
    for (change, count) in zip(berlin.transitions, [23, 25]) {
      let midnight = change.from.seconds - change.from.seconds % 86_400
      // An hour or two before midnight UTC the local day begins.
      let begin = midnight - Int64(berlin.offset(at: change.from - .seconds(1)))
      let places = (0..<count).map { hour in
        calendar.positions(at: Timestamp(seconds: begin + Int64(hour) * 3600))
      }
      #expect(places.first?[0] == 0 && places.last?[0] == 23)
      #expect(places.map { $0[0] } == places.map { $0[0] }.sorted())
      #expect(Set(places.map { $0[1] / 24 }).count == 1, "all of one weekday")
    }
  }
}
