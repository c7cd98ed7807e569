import Adapters
import Control
import Domain
import Foundation
import Storage
import Synchronization
import TestSupport
import Testing

@testable import Daemon

/// A past in parts of an hour that a script interrupts, and a present.
private final class PartedSource: MetricSource {
  struct Asked: Equatable {
    var services: [ServiceID]
    var from: Timestamp
    var to: Timestamp
    var at: Timestamp
  }

  struct State {
    var asked: [Asked] = []
    var underWay = 0
    var mostUnderWay = 0
    /// Parts that are given before each of the next calls fails; the calls after them succeed.
    var failures: [Int] = []
  }

  let state: Mutex<State>
  let clock: any DaemonClock
  let groups: (@Sendable ([ServiceID]) -> [[ServiceID]])?

  init(
    clock: any DaemonClock, failures: [Int] = [],
    groups: (@Sendable ([ServiceID]) -> [[ServiceID]])? = nil
  ) {
    state = Mutex(State(failures: failures))
    self.clock = clock
    self.groups = groups
  }

  var asked: [Asked] { state.withLock { $0.asked } }

  static func rate(at time: Timestamp) -> Double { Double(1 + time.seconds / 60 % 1000) }

  func observe(
    _ services: [ServiceID], at time: Timestamp, deadline: Duration
  ) async -> [MetricReading] {
    services.map { _ in MetricReading(rate: 5) }
  }

  func history(of service: ServiceID, from: Timestamp, to: Timestamp) async throws(SourceError)
    -> TimeSeries?
  { nil }

  func historyGroups(of services: [ServiceID]) -> [[ServiceID]] {
    groups?(services) ?? services.map { [$0] }
  }

  func readHistory(
    of group: [ServiceID], from: Timestamp, to: Timestamp,
    receive: @Sendable (HistoryPart) async throws(SourceError) -> Void
  ) async throws(SourceError) {
    let failsAfter = state.withLock { state in
      state.asked.append(Asked(services: group, from: from, to: to, at: clock.now))
      state.underWay += 1
      state.mostUnderWay = max(state.mostUnderWay, state.underWay)
      return state.failures.isEmpty ? nil : state.failures.removeFirst()
    }
    defer { state.withLock { $0.underWay -= 1 } }
    // So that others start meanwhile, if they may.
    try? await Task.sleep(for: .milliseconds(20))
    var end = to.floored(to: .seconds(60))
    var given = 0
    while end > from {
      if given == failsAfter { throw .unavailable("it is down") }
      let start = max(from.floored(to: .seconds(60)), end - .seconds(3600))
      let values = (0..<Int(end.since(start).wholeSeconds / 60)).map {
        Self.rate(at: start + .seconds($0 * 60))
      }
      let series = TimeSeries(start: start, step: .seconds(60), values: values)
      try await receive(
        HistoryPart(
          series: Dictionary(uniqueKeysWithValues: group.map { ($0, series) }), reached: start))
      given += 1
      end = start
    }
  }
}

@Suite("What the history lacks")
struct HistoryGapsTests {
  private func time(_ seconds: Int64) -> Timestamp { Timestamp(seconds: seconds) }

  @Test("gaps that touch are one; what was read, newest first, and what is too old goes")
  func gaps() {
    var gaps = HistoryGaps()
    gaps.add(time(100)..<time(200))
    gaps.add(time(400)..<time(500))
    gaps.add(time(200)..<time(250))
    gaps.add(time(300)..<time(300))
    #expect(gaps.ranges == [time(100)..<time(250), time(400)..<time(500)])
    gaps.close(from: time(450))
    #expect(gaps.newest == time(400)..<time(450))
    gaps.close(from: time(400))
    #expect(gaps.newest == time(100)..<time(250))
    gaps.drop(before: time(150))
    #expect(gaps.ranges == [time(150)..<time(250)])
    gaps.close(from: time(0))
    #expect(gaps == HistoryGaps())
  }

  @Test("they are kept as text")
  func text() {
    var gaps = HistoryGaps()
    #expect(gaps.text == nil)
    gaps.add(time(1_700_000_000)..<time(1_700_000_060))
    gaps.add(time(1_700_001_000)..<time(1_700_001_060))
    #expect(gaps.text.map { HistoryGaps($0) } == gaps)
    #expect(HistoryGaps("nonsense 1/0 /") == HistoryGaps())
  }
}

@Suite("Backfill of a running service", .serialized)
struct BackfillTests {
  private let start = ScriptedDaemon.start
  private let past: Duration = .seconds(6 * 3600)

  private func fleet(
    _ names: [String], _ source: any MetricSource, _ store: Store, _ clock: any DaemonClock
  ) throws -> FleetOfServices {
    try FleetOfServices(names, sources: ["s": source], store: store, clock: clock) { _, service in
      service.policy.forecast.history = past
    }
  }

  private func known(_ store: Store, _ service: ServiceID) async throws -> Int {
    try await store.series(
      of: service, metric: .rate, from: start - past, to: start, step: .seconds(60)
    ).knownCount
  }

  @Test("one that failed is tried again, later each time, from where it came to")
  func retried() async throws {
    let store = try Store.inMemory()
    let clock = SteppingClock(from: start, to: start + .seconds(900))
    let source = PartedSource(clock: clock, failures: [2, 0])
    let fleet = try fleet(["web"], source, store, clock)
    try await fleet.loop.runToTheEnd()
    let asked = source.asked
    #expect(asked.count == 3)
    #expect(asked.map(\.from) == Array(repeating: start - past, count: 3))
    #expect(asked.map(\.to) == [start, start - .seconds(7200), start - .seconds(7200)])
    #expect(asked.map { $0.at.since(start) } == [.zero, .seconds(60), .seconds(180)])
    #expect(try await known(store, fleet.services[0]) == 360)
  }

  @Test("what a process that died had not read is read by the next one, whatever was seen since")
  func takenUpAgain() async throws {
    let store = try Store.inMemory()
    let middle = start + .seconds(50)
    let first = SteppingClock(from: start, to: middle)
    let dying = PartedSource(clock: first, failures: [2])
    try await fleet(["web"], dying, store, first).loop.runToTheEnd()
    let second = SteppingClock(from: middle, to: middle + .seconds(50))
    let source = PartedSource(clock: second)
    let fleet = try fleet(["web"], source, store, second)
    #expect(store.newest(of: fleet.services[0], metric: .rate).map { $0.time > start } == true)
    try await fleet.loop.runToTheEnd()
    let rest = start - .seconds(7200)
    #expect(source.asked.map(\.from).min() == middle - past)
    #expect(source.asked.map(\.from).max().map { $0 > start } == true, "and what it slept through")
    #expect(source.asked.contains { $0.to == rest })
    #expect(try await known(store, fleet.services[0]) == 360)
    let third = SteppingClock(from: middle + .seconds(50), to: middle + .seconds(60))
    let again = PartedSource(clock: third)
    try await self.fleet(["web"], again, store, third).loop.runToTheEnd()
    #expect(again.asked.allSatisfy { $0.from > start }, "what was read is not asked for again")
  }

  @Test("two groups of services are read at once, and no more")
  func twoAtOnce() async throws {
    let clock = SteppingClock(from: start, to: start + .seconds(30))
    let source = PartedSource(clock: clock)
    let store = try Store.inMemory()
    let fleet = try fleet((0..<9).map { "s\($0)" }, source, store, clock)
    try await fleet.loop.runToTheEnd()
    #expect(source.asked.count == 9)
    #expect(source.state.withLock { $0.mostUnderWay } == 2)
    for service in fleet.services { #expect(try await known(store, service) == 360) }
  }

  @Test("a fleet query's past is asked for once for all of its services")
  func fleetOnce() async throws {
    let names = (0..<300).map { "s\($0)" }
    let (first, last) = (start.seconds - past.wholeSeconds, start.seconds)
    let members = names.map { name in
      let points = stride(from: first, through: last, by: 60).map { "[\($0),\"\($0 % 977)\"]" }
      return #"{"metric":{"service":"\#(name)"},"values":[\#(points.joined(separator: ","))]}"#
    }
    let body =
      #"{"status":"success","data":{"resultType":"matrix","result":[\#(members.joined(separator: ","))]}}"#
    let server = try ScriptedServer { request, _ in
      request.path.hasSuffix("query_range") ? .answer(200, body: body) : .cut
    }
    let source = PrometheusSource(
      url: server.url, fleets: [.init(.init(demand: "fleet"), label: "service")])
    let clock = SteppingClock(from: start, to: start + .seconds(10))
    let store = try Store.inMemory()
    let fleet = try fleet(names, source, store, clock)
    try await fleet.loop.runToTheEnd()
    let ranges = server.requests.filter { $0.path.hasSuffix("query_range") }
    #expect(ranges.count == 1)
    #expect(ranges.allSatisfy { $0.form["query"] == "fleet" })
    for service in fleet.services { #expect(try await known(store, service) == 360) }
  }

  @Test("a past that does not come keeps no tick waiting")
  func liveMeanwhile() async throws {
    let names = (0..<6).map { "s\($0)" }
    let server = try ScriptedServer { request, _ in
      if request.path.hasSuffix("query_range") { return .hang }
      return .answer(
        200,
        body:
          #"{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[1,"7"]}]}}"#
      )
    }
    let ids = try names.map { try #require(ServiceID($0)) }
    let source = PrometheusSource(
      url: server.url,
      services: Dictionary(uniqueKeysWithValues: ids.map { ($0, .init(demand: "q\($0)")) }))
    let store = try Store.inMemory()
    let fleet = try FleetOfServices(
      names, sources: ["s": source], store: store, clock: StandingClock(now: start)
    ) { _, service in service.policy.timing.interval = .seconds(5) }
    try await fleet.loop.recover()
    try await eventually { server.requests.count { $0.path.hasSuffix("query_range") } == 2 }
    await fleet.loop.tick(fleet.services)
    try await eventually { ids.allSatisfy { fleet.status(of: $0)?.observation != nil } }
    #expect(ids.allSatisfy { fleet.status(of: $0)?.observation?.rate == 7 })
    #expect(server.requests.count { $0.path.hasSuffix("query_range") } == 2)
  }
}
