import Adapters
import Domain
import Testing

@Suite("Replay")
struct ReplayTests {
  private let day: Int64 = 86_400
  /// 12:34:56 on a day of 2026.
  private let origin = Timestamp(seconds: 20_780 * 86_400 + 45_296)

  private func trace(days: Int, step: Int64 = 3600, start: Int64 = 0) -> TimeSeries {
    let count = days * 86_400 / Int(step)
    return TimeSeries(
      start: Timestamp(seconds: start), step: .seconds(step), values: (0..<count).map(Double.init))
  }

  @Test("the last full day becomes the day of the origin, at the same time of day")
  func shift() {
    let replay = ReplayTrace(trace(days: 3, start: 5 * 86_400 + 7200), origin: origin)
    // The trace ends at 2 o'clock of day 8, so its last full day is day 7.
    #expect(replay.shift == .seconds((20_780 - 7) * day))
    // 00:30 of day 7 is the centre of hour 46.
    #expect(replay.rate(at: Timestamp(seconds: 20_780 * day + 1800)) == 46)
    #expect(replay.rate(at: Timestamp(seconds: 20_780 * day + 3600)) == 46.5)
    #expect(replay.start == Timestamp(seconds: 20_778 * day + 7200))
    #expect(replay.rate(at: replay.start - .seconds(1)) == nil)
    #expect(replay.rate(at: replay.start) == 0)
  }

  @Test(
    "past its end a trace repeats by weeks, by days, or by its length",
    arguments: [(15, 7), (7, 7), (6, 6), (1, 1)])
  func wrap(days: Int, period: Int) {
    let series = trace(days: days)
    let replay = ReplayTrace(series, origin: origin)
    let end = series.end + replay.shift
    for hour in 0..<(24 * 20) {
      let time = end + .seconds(hour * 3600 + 1800)
      #expect(
        replay.rate(at: time) == Double(days * 24 - period * 24 + hour % (period * 24)),
        "hour \(hour)")
    }
    // Half-way over the seam the rate lies between the last and the first that follows it.
    #expect(replay.rate(at: end) == Double(days * 24 - 1 + days * 24 - period * 24) / 2)
  }

  @Test("a trace shorter than a day repeats by its own length")
  func short() {
    let series = TimeSeries(start: Timestamp(seconds: 0), step: .seconds(60), values: [1, 2, 3])
    let replay = ReplayTrace(series, origin: origin)
    let start = replay.start
    #expect(
      (0..<9).map { replay.rate(at: start + .seconds(60 * $0 + 30)) } == [
        1, 2, 3, 1, 2, 3, 1, 2, 3,
      ])
  }

  @Test("a gap is unknown, and its neighbours are not interpolated towards it")
  func gap() async throws {
    let series = TimeSeries(
      start: Timestamp(seconds: 0), step: .seconds(3600), values: [10, .nan, 30, 40])
    let web = try #require(ServiceID("web"))
    let other = try #require(ServiceID("other"))
    let replay = ReplayTrace(series, origin: Timestamp(seconds: 0))
    let source = ReplaySource([web: replay])
    #expect(replay.rate(at: Timestamp(seconds: 3599)) == 10)
    #expect(replay.rate(at: Timestamp(seconds: 7200)) == 30)
    let readings = await source.observe(
      [web, other], at: Timestamp(seconds: 5000), deadline: .seconds(1))
    #expect(readings.map(\.rate) == [nil, nil])
    #expect(
      readings.map(\.problem) == ["the trace has a gap here", "no trace is played for other"])
  }

  @Test("history is what was played, moved and scaled, and never what comes after `to`")
  func history() async throws {
    let replay = ReplayTrace(
      trace(days: 8), origin: origin, scale: 2,
      texture: ReplayTexture(deviation: 0.1, tau: .seconds(60), seed: 3))
    let from = replay.start - .seconds(9999)
    let history = replay.history(from: from, to: replay.start + .seconds(3 * 3600 + 1))
    #expect(history.start == replay.start)
    #expect(history.step == .seconds(30))
    #expect(history.count == 360)
    for index in 0..<history.count {
      #expect(history[index] == replay.rate(at: history.time(at: index) + .seconds(15)))
    }
    let end = replay.start + .seconds(8 * 86_400)
    #expect(replay.history(from: end, to: end - .seconds(7200)).values.isEmpty)
  }

  @Test("a trace finer than half a minute keeps its own grid; without texture, its own values")
  func fineHistory() {
    let replay = ReplayTrace(trace(days: 8, step: 20), origin: origin, scale: 2)
    let history = replay.history(from: replay.start, to: replay.start + .seconds(60))
    #expect(history.step == .seconds(20))
    #expect(history.values == [0, 2, 4])
    let end = replay.start + .seconds(8 * 86_400)
    let seam = replay.history(from: end - .seconds(20), to: end + .seconds(40))
    #expect(seam.values == [69_118, 8640, 8642])
  }

  @Test("texture is reproducible, has mean 1 and the deviation asked for, and no jumps")
  func texture() {
    let texture = ReplayTexture(deviation: 0.2, tau: .seconds(600), seed: 7)
    let times = (0..<200_000).map { Timestamp(seconds: Int64($0) * 60) }
    let factors = times.map(texture.factor(at:))
    let mean = factors.reduce(0, +) / Double(factors.count)
    let variance = factors.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(factors.count)
    // 20,000 independent knots: three standard errors of the mean are 0.005.
    #expect(abs(mean - 1) < 0.005)
    #expect(abs(variance.squareRoot() - 0.2020) < 0.01)
    #expect(zip(factors, factors.dropFirst()).allSatisfy { abs($0 - $1) < 0.3 })
    #expect(texture.factor(at: times[777]) == factors[777])
    let other = ReplayTexture(deviation: 0.2, tau: .seconds(600), seed: 8)
    #expect(other.factor(at: times[777]) != factors[777])
  }
}
