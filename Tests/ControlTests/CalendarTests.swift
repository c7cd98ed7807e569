import Control
import Domain
import Forecasting
import Testing

@Suite("Events that recur")
struct CalendarTests {
  /// A Monday at midnight.
  let start = Timestamp(seconds: 1_699_833_600)

  private func weekly(
    _ height: CalendarEvent.Height, at first: Timestamp, hours: Int64 = 2
  ) throws -> CalendarEvent {
    CalendarEvent(
      name: "show",
      times: .recurring(
        firstLocal: first.seconds, duration: hours * 3600,
        rule: try RecurrenceRule(parsing: "FREQ=WEEKLY")),
      height: height, rampBefore: 600, rampAfter: 1200)
  }

  @Test("on the clock of the service's zone, ramps before and after, and only where they act")
  func occurrences() throws {
    let october = Timestamp(seconds: 1_698_710_400)  // 2023-10-31T00:00:00Z
    let show = try weekly(
      .given(#require(EventUplift(factor: 2))), at: october - .seconds(14 * 86_400))
    // Clocks went back by an hour on 29 October.
    let zone = UTCOffsets(
      first: 7200,
      transitions: [.init(from: Timestamp(seconds: 1_698_541_200), offset: 3600)])
    let service = try policy {
      $0.forecast.zone = zone
      $0.calendar = [show]
    }
    let span = TimeSpan(from: october - .seconds(15 * 86_400), to: october + .seconds(86_400))
    let events = service.events(within: span)
    #expect(
      events.map(\.from) == [
        october - .seconds(14 * 86_400 + 7200), october - .seconds(7 * 86_400 + 7200),
        october - .seconds(3600),
      ])
    let last = try #require(events.last)
    #expect(last.to.since(last.from) == .seconds(7200))
    #expect(last.factor(at: last.from - .seconds(300)) == 1.5)
    #expect(last.factor(at: last.to + .seconds(600)) == 1.5)
    let before = TimeSpan(from: last.from - .seconds(900), to: last.from - .seconds(600))
    #expect(service.events(within: before).isEmpty)
  }

  @Test("each of them is met by a fleet that is ready, for weeks on end, and learnt from the first")
  func learnt() throws {
    let first = start - .seconds(14 * 86_400 - 2 * 86_400 - 36_000)
    let service = try policy(max: 4000, forecast: true) {
      $0.calendar = [try weekly(.learned, at: first)]
    }
    let shows = service.events(
      within: TimeSpan(from: first, to: start + .seconds(28 * 86_400)))
    #expect(shows.count == 6)
    let history = seasonalHistory(service, days: 22, mean: 2000, until: start) { time, rate in
      rate * shows.reduce(1) { $0 * (1 + 2 * $1.share(at: time)) }
    }
    let fitted = try DemandFitting.fit(history, policy: service, deliveredAt: start).get()
    let uplift = try #require(fitted.uplifts.first).uplift
    #expect((uplift.factor - 3).magnitude < 0.15, "\(uplift)")
    var loop = ClosedLoop(service, ready: 12, at: start)
    _ = loop.autoscaler.handle(.fitted(fitted))
    var met = 0
    for show in shows where show.from > start && show.from < start + .seconds(6 * 86_400) {
      while loop.now < show.span.from - .seconds(15) {
        loop.tick(seasonalRate(mean: 2000, at: loop.now))
      }
      let needed = 3 * seasonalRate(mean: 2000, at: show.span.from) / 100
      #expect(Double(loop.size) >= needed, "\(loop.autoscaler.lastProposal?.description ?? "")")
      #expect(loop.autoscaler.lastProposal?.reason.contains("event show") == true)
      met += 1
    }
    #expect(met == 1)
  }

  @Test("what is measured while one is excluded teaches nothing, whenever it recurs")
  func excluded() throws {
    let first = start - .seconds(14 * 86_400 - 36_000)
    let plain = try policy(forecast: true)
    let excluding = try policy(forecast: true) {
      $0.calendar = [try weekly(.excluded, at: first)]
    }
    let spans = excluding.excluded(within: TimeSpan(from: first, to: start))
    #expect(spans.count == 2)
    #expect(spans.first?.from == first - .seconds(600))
    let holed = seasonalHistory(plain, days: 15, mean: 2000, until: start) { time, rate in
      spans.contains { $0.contains(time) } ? .nan : rate
    }
    let spoilt = seasonalHistory(plain, days: 15, mean: 2000, until: start) { time, rate in
      spans.contains { $0.contains(time) } ? 50 * rate : rate
    }
    #expect(
      try DemandFitting.fit(spoilt, policy: excluding, deliveredAt: start).get()
        == DemandFitting.fit(holed, policy: plain, deliveredAt: start).get())
  }

  @Test("a restored service goes on with the events of its calendar")
  func restored() throws {
    let service = try policy(max: 4000, forecast: true) {
      $0.calendar = [
        try weekly(.given(#require(EventUplift(factor: 3))), at: start + .seconds(36_000))
      ]
    }
    var loop = ClosedLoop(service, ready: 12, at: start)
    _ = loop.autoscaler.handle(.fitted(try Trained.fitted()))
    for _ in 0..<(4 * 60 * 9) { loop.tick(seasonalRate(mean: 2000, at: loop.now)) }
    var other = loop
    other.autoscaler = try Autoscaler(snapshot: loop.autoscaler.snapshot)
    var largest = 0
    for _ in 0..<(4 * 60 * 4) {
      let rate = seasonalRate(mean: 2000, at: loop.now)
      let decision = try loop.decide(rate)
      #expect(try other.decide(rate) == decision)
      largest = max(largest, loop.size)
    }
    #expect(largest > 3 * 2000 / 100)
  }

  @Test("an event that an earlier version kept has the ramps that it had, within its span")
  func earlierRamps() throws {
    let event = AnnouncedEvent(
      name: "sale", from: start, to: start + .seconds(3600), uplift: 3, rise: .seconds(600),
      fall: .seconds(1200))
    let service = try policy { $0.events = [event] }
    var bytes = Event.configured(service, at: start).encoded
    // The policy's version is behind the time and its tag; the calendar's count and the event's
    // uncertainty came later, eight bytes each.
    let place = try #require(bytes.bytes.firstIndex(of: 0x50)) + 1
    bytes.bytes[place] = 2
    let end = bytes.bytes.count - 3
    bytes.bytes.removeSubrange((end - 16)..<end)
    guard case .configured(let read, _) = try Event(bytes, model: { _ in nil }) else {
      Issue.record("another event")
      return
    }
    let kept = try #require(read.events.first)
    #expect(kept.span == TimeSpan(from: event.from, to: event.to))
    #expect(kept.from == start + .seconds(600) && kept.to == start + .seconds(2400))
  }
}
