import Control
import Domain
import Forecasting
import Foundation
import Storage
import Testing
import Web

@testable import Daemon
@testable import scaler

@Suite("What `serve` shows")
struct ServingTests {
  let now = Timestamp(seconds: 1_764_547_200)

  private struct StillClock: DaemonClock {
    let now: Timestamp
    func sleep(until time: Timestamp) async throws { throw CancellationError() }
  }

  private func policy() throws -> ServicePolicy {
    ServicePolicy(
      id: try #require(ServiceID("web")), mode: .observe,
      fleet: FleetPolicy(ratePerReplica: 10, boot: .seconds(60), min: 1, max: 50))
  }

  @Test("accuracy has the candidates of the fit, and how the decisions' forecasts did")
  func accuracy() async throws {
    let store = try Store.inMemory()
    let policy = try policy()
    let start = now - .seconds(20 * 86_400)
    var values: [Double] = []
    for step in 0..<(20 * 288) {
      let wave = sin(Double(step) / 288 * 2 * Double.pi)
      values.append(100 + 60 * wave + 0.05 * Double(step * step % 97))
    }
    let history = TimeSeries(start: start, step: .seconds(300), values: values)
    _ = try await store.importSeries(history, service: policy.id, metric: .rate)
    // A median that is always a fifth too high, and an upper quantile that is never exceeded.
    var decisions: [Decision] = []
    for minute in stride(from: 25 * 60, through: 0, by: -5) {
      let time = now - .seconds(minute * 60) - policy.leadWindow
      let seen: Double? = history[history.index(at: now - .seconds(minute * 60 + 1))]
      let came = try #require(seen)
      decisions.append(
        Decision(
          id: DecisionID(Int64(decisions.count + 1)), service: policy.id, time: time, current: 1,
          target: 1,
          trail: [
            .forecast(
              replicas: 1, rate: 1000, level: 0.99, lead: policy.leadWindow, median: 1.2 * came)
          ]))
    }
    try await store.recordDecisions(decisions, commands: [])
    let outlook = Outlook(
      policies: [policy.id: policy], store: store, clock: StillClock(now: now))
    let standing = ForecastStanding(grade: .full, fittedAt: now, exceedance: 0.07)
    let report = try #require(try await outlook.accuracy(of: policy.id, standing: standing))
    #expect(report.candidates.count >= 5)
    #expect((report.candidates.map(\.weight).reduce(0, +) - 1).magnitude < 1e-9)
    let leading = try #require(report.candidates.first { $0.name == report.model })
    #expect(report.fittedAt == now && report.backtestError == leading.mase)
    #expect(report.backtestError ?? 0 > 0)
    let horizon = try #require(report.horizons.first)
    #expect(horizon.lead == policy.leadWindow && horizon.pairs > 1400)
    #expect((try #require(horizon.bias) - 0.2).magnitude < 0.02)
    #expect((try #require(horizon.weightedError) - 0.2).magnitude < 0.03)
    #expect(horizon.coverage.map(\.level) == [0.95, 0.99])
    #expect((horizon.coverage[0].share - 0.93).magnitude < 1e-9)
    #expect(horizon.coverage[1].share == 1)
  }

  @Test("the forecast that is shown has the events of the calendar in it")
  func eventsInCurve() async throws {
    let store = try Store.inMemory()
    var policy = try policy()
    var values: [Double] = []
    for step in 0..<(20 * 288) { values.append(100 + 0.05 * Double(step * step % 97)) }
    let history = TimeSeries(
      start: now - .seconds(20 * 86_400), step: .seconds(300), values: values)
    _ = try await store.importSeries(history, service: policy.id, metric: .rate)
    func mean(_ policy: ServicePolicy) async throws -> [Double] {
      let outlook = Outlook(
        policies: [policy.id: policy], store: store, clock: StillClock(now: now))
      return try #require(try await outlook.curve(of: policy.id)).mean
    }
    let plain = try await mean(policy)
    policy.events = [
      Control.AnnouncedEvent(
        name: "sale", from: now + .seconds(3600), to: now + .seconds(7200), uplift: 3)
    ]
    policy.calendar = [
      CalendarEvent(
        name: "show",
        times: .recurring(
          firstLocal: now.seconds + 12 * 3600, duration: 3600,
          rule: try RecurrenceRule(parsing: "FREQ=WEEKLY")),
        height: .given(try #require(EventUplift(factor: 2))))
    ]
    let raised = try await mean(policy)
    #expect(raised.count == 48 && plain.count == 48)
    for step in raised.indices {
      let factor: Double = step == 2 || step == 3 ? 3 : step == 24 || step == 25 ? 2 : 1
      let ratio = raised[step] / plain[step]
      #expect((ratio - factor).magnitude < 1e-6, "step \(step)")
    }
  }

  @Test("a level shift, a suspicion and a forecast that is left aside are problems of a service")
  func findings() {
    var service = StatusBoard.Service()
    service.standing = ForecastStanding(grade: .full, fittedAt: now, exceedance: 0.05)
    service.suspicion = .recovering
    #expect(service.findings.isEmpty)
    service.isLevelShifted = true
    service.suspicion = .collapsed
    service.standing?.grade = .reactiveOnly
    #expect(service.findings.count == 3)
    service.standing?.grade = nil
    #expect(service.findings.last?.contains("last fitted at \(now)") == true)
    #expect(
      ForecastHealth(ForecastStanding(grade: nil, fittedAt: now, exceedance: 0)).grade == .stale)
  }

  @Test("what was announced to an earlier version keeps its ramps within its span")
  func earlierAnnouncements() async throws {
    let store = try Store.inMemory()
    try await store.setMeta(
      EventBook.key,
      to: #"[{"name":"sale","services":["web"],"from":1000,"to":5000,"uplift":2,"rise":600,"#
        + #""fall":0}]"#)
    let book = try EventBook(store)
    let web = try #require(ServiceID("web"))
    let kept = try #require(await book.announced[web]?.first)
    #expect(kept.from.seconds == 1600 && kept.to.seconds == 5000)
    #expect(kept.span.from.seconds == 1000 && kept.rise == .seconds(600))
    try await book.announce(
      EventAnnouncement(
        name: "show", services: [web], from: Timestamp(seconds: 9000),
        to: Timestamp(seconds: 9900), uplift: nil, rise: .seconds(60), fall: .seconds(120)),
      enforce: {})
    let again = try EventBook.announced(in: store)[web]
    #expect(again?.first == kept)
    #expect(
      again?.last?.span
        == TimeSpan(from: Timestamp(seconds: 8940), to: Timestamp(seconds: 10_020)))
  }
}
