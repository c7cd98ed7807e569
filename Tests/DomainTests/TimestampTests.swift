import Domain
import Testing

@Suite("Timestamps")
struct TimestampTests {
  @Test(
    "RFC 3339 with any offset and Unix seconds are read",
    arguments: [
      ("2026-11-23T09:30:00Z", 1_795_426_200), ("2026-11-23T10:30:00+01:00", 1_795_426_200),
      ("2026-11-23 04:00:00-05:30", 1_795_426_200), ("2026-11-23T09:30:00.999Z", 1_795_426_200),
      ("1970-01-01T00:00:00Z", 0), ("1969-12-31T23:59:59Z", -1),
      ("2000-02-29T00:00:00Z", 951_782_400),
      ("1700000000", 1_700_000_000), ("1700000000.75", 1_700_000_000),
    ])
  func reads(text: String, seconds: Int64) {
    #expect(Timestamp(parsing: text)?.seconds == seconds)
  }

  @Test(
    "what is not a time is refused",
    arguments: [
      "", "yesterday", "2026-11-23", "2026-11-23T09:30", "2026-02-29T00:00:00Z",
      "2026-13-01T00:00:00Z", "2026-11-23T24:00:00Z", "2026-11-23T09:30:00", "1e99", "nan", "-",
      "2026-11-23T09:30:00Zjunk", "99999999999999999999",
    ])
  func refuses(text: String) {
    #expect(Timestamp(parsing: text) == nil)
  }

  @Test("every day from 1600 to 2400 is written as it is read")
  func roundTrip() {
    var day: Int64 = -11_676_096_000
    while day < 13_569_465_600 {
      let time = Timestamp(seconds: day + 45_296)
      #expect(Timestamp(parsing: time.description) == time)
      day += 86_400 * 7 + 86_400
    }
  }

  @Test("flooring goes down, also before 1970")
  func floors() {
    #expect(Timestamp(seconds: 299).floored(to: .seconds(300)).seconds == 0)
    #expect(Timestamp(seconds: -1).floored(to: .seconds(300)).seconds == -300)
    #expect(Timestamp(seconds: -300).floored(to: .seconds(300)).seconds == -300)
  }

  @Test("adding stays within what can be written")
  func saturates() {
    #expect(Timestamp.latest + .seconds(1) == .latest)
    #expect(Timestamp.earliest - .seconds(1) == .earliest)
    #expect(Timestamp(seconds: .max) + .seconds(Int64.max) == .latest)
  }
}

@Suite("Durations")
struct DurationTests {
  @Test(
    "units are read and written back in the shortest way",
    arguments: [
      ("200ms", "200ms"), ("15s", "15s"), ("2d3h", "2d3h"), ("8w", "8w"), ("90s", "1m30s"),
      ("1.5h", "1h30m"), ("0s", "0s"), ("14d", "2w"), ("15d", "15d"),
    ])
  func roundTrip(text: String, short: String) throws {
    let duration = try #require(Duration(parsing: text))
    #expect(duration.shortText == short)
    #expect(Duration(parsing: short) == duration)
  }

  @Test(
    "what is no duration is refused", arguments: ["", "15", "s", "15x", "1h-", "-5s", "9e9w", "∞"])
  func refuses(text: String) {
    #expect(Duration(parsing: text) == nil)
  }
}
