import Domain
import Testing

@Suite("Time series")
struct TimeSeriesTests {
  let start = Timestamp(seconds: 1_700_000_100)

  @Test("unknown is nil, and outside is nil")
  func unknown() {
    let series = TimeSeries(start: start, step: .seconds(60), values: [1, .nan, 3])
    #expect(series[0] == 1)
    #expect(series[1] == nil)
    #expect(series[3] == nil)
    #expect(series.knownCount == 2)
    #expect(series.index(at: start - .seconds(1)) == -1)
    #expect(series.index(at: start + .seconds(119)) == 1)
  }

  @Test("coarser means are aligned, and unknown where less than half is known")
  func coarsens() {
    let aligned = Timestamp(seconds: 1_700_000_100).floored(to: .seconds(300))
    let series = TimeSeries(
      start: aligned + .seconds(120), step: .seconds(60),
      values: [3, 4, 5, 1, .nan, 3, .nan, .nan, 7])
    let coarse = series.coarsened(by: 5)
    #expect(coarse.start == aligned)
    #expect(coarse[0] == 4)
    #expect(coarse[1] == nil)
    #expect(coarse[2] == nil)
    #expect(coarse.count == 3)
  }

  @Test("a slice is cut at whole elements and may be empty")
  func slices() {
    let series = TimeSeries(start: start, step: .seconds(60), values: [1, 2, 3, 4])
    #expect(series.slice(from: start + .seconds(60), to: start + .seconds(180)).values == [2, 3])
    #expect(series.slice(from: .earliest, to: .latest).values == [1, 2, 3, 4])
    #expect(series.slice(from: series.end, to: .latest).values.isEmpty)
  }
}

@Suite("Decisions")
struct DecisionTests {
  @Test("a decision prints as one line")
  func line() throws {
    let decision = Decision(
      id: DecisionID(1), service: try #require(ServiceID("web")),
      time: try #require(Timestamp(parsing: "2026-11-23T09:30:00Z")), current: 3, target: 8,
      trail: [
        .forecast(replicas: 8, rate: 640, level: 0.9, lead: .seconds(120), median: 200),
        .drain(replicas: 4, backlog: 310), .stepUp(limit: 6, result: 8), .bounds(min: 2, max: 20),
      ])
    #expect(
      decision.description
        == "09:30:00Z web 3→8  forecast 8 (640/s p90 at +2m) · queue +4 (310 waiting) "
        + "· step +6 → 8 · bounds 2…20")
  }

  @Test(
    "numbers in lines are short",
    arguments: [
      (0.0, "0"), (1.0, "1"), (1.256, "1.26"), (12.34, "12.3"), (640.4, "640"), (0.004, "0"),
      (99.5, "99.5"), (-1.5, "-1.5"), (0.05, "0.05"), (9.99, "9.99"), (1e20, "1e+20"),
    ])
  func shortNumbers(number: Double, text: String) {
    #expect(number.shortText == text)
  }

  @Test(
    "service names are what can stand in a log line, a URL and a label",
    arguments: [
      ("web", true), ("shop/checkout:v2.1_a-b", true), ("", false), ("a b", false), ("ü", false),
      ("a\nb", false), (String(repeating: "x", count: 200), true),
      (String(repeating: "x", count: 201), false), ("<script>", false), ("a;b", false),
    ])
  func names(text: String, isValid: Bool) {
    #expect((ServiceID(text) != nil) == isValid)
  }
}

@Suite("Levels")
struct LevelTests {
  @Test(
    "a level is written with what tells it apart, and never rounds up to 100",
    arguments: [
      (0.9, "90"), (0.99, "99"), (0.29, "29"), (0.975, "97.5"), (0.9995, "99.95"),
      (0.99999, "99.99"), (0.5, "50"), (0.0005, "0.05"),
    ])
  func percent(level: Double, text: String) {
    #expect(level.percentText == text)
  }
}
