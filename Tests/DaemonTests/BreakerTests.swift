import Control
import Domain
import Logging
import Storage
import Testing

@testable import Daemon

/// Six services whose rates are scripted; what the script leaves out is unknown.
private struct FleetSource: MetricSource {
  let rate: @Sendable (ServiceID, Timestamp) -> Double?

  func observe(
    _ services: [ServiceID], at time: Timestamp, deadline: Duration
  ) async -> [MetricReading] {
    services.map { id in
      rate(id, time).map { MetricReading(rate: $0, queue: 0) } ?? MetricReading(problem: "silent")
    }
  }

  func history(of service: ServiceID, from: Timestamp, to: Timestamp) async throws(SourceError)
    -> TimeSeries?
  { nil }
}

/// A daemon with several services, each on a platform of its own.
private struct FleetDaemon {
  static let names = ["a", "b", "c", "d", "e", "f"]

  let loop: ControlLoop
  let board = StatusBoard()
  let clouds: [String: ScriptedCloud]

  init(
    store: Store, from start: Timestamp, to end: Timestamp,
    after other: FleetDaemon? = nil, rate: @escaping @Sendable (ServiceID, Timestamp) -> Double?
  ) throws {
    let clock = SteppingClock(from: start, to: end)
    let clouds = Dictionary(
      uniqueKeysWithValues: Self.names.map { name in
        (
          name,
          other?.clouds[name].map { ScriptedCloud(clock: clock, after: $0) }
            ?? ScriptedCloud(clock: clock)
        )
      })
    let services = try Self.names.map { name in
      ServiceWiring(
        policy: ServicePolicy(
          id: try #require(ServiceID(name)), mode: .desired,
          fleet: FleetPolicy(ratePerReplica: 50, boot: .seconds(60), min: 2, max: 100)),
        demandSource: "s", queueSource: "s", cloud: name)
    }
    var logger = Logger(label: "test")
    logger.logLevel = .critical
    loop = ControlLoop(
      wiring: Wiring(services: services, sources: ["s": FleetSource(rate: rate)], clouds: clouds),
      store: store, clock: clock, board: board, logger: logger)
    self.clouds = clouds
    let loop = loop
    clock.onSettle { await loop.settle() }
  }

  func run() async throws {
    try await loop.runToTheEnd()
  }
}

@Suite("The fleet-wide breaker in the daemon", .serialized)
struct BreakerTests {
  let start = ScriptedDaemon.start

  /// A rate that moves a little at every tick.
  private static func busy(_ mean: Double, at time: Timestamp) -> Double {
    mean * (1 + 0.02 * Double((time.seconds &* 2_654_435_761) % 97) / 97)
  }

  private func decisions(_ store: Store, of name: String) async throws -> [Decision] {
    let id = try #require(ServiceID(name))
    return try await store.decisions(of: id, limit: 100_000).map(\.decision).reversed()
  }

  private func expectReplayEquality(_ store: Store) async throws {
    let replayed = try Recovery.replay(store, ignoringSnapshots: true)
    for name in FleetDaemon.names {
      let id = try #require(ServiceID(name))
      let recorded = try await decisions(store, of: name)
      #expect(replayed[id]?.decisions == recorded, "\(name)")
    }
  }

  @Test("while a third of the services has lost its metrics no other shrinks; afterwards they do")
  func lostMetrics() async throws {
    let store = try Store.inMemory()
    let loss = (start.seconds + 1200)..<(start.seconds + 2400)
    let end = start + .seconds(4800)
    let daemon = try FleetDaemon(store: store, from: start, to: end) { id, time in
      if ["a", "b", "c"].contains(id.description) {
        return loss.contains(time.seconds) ? nil : Self.busy(400, at: time)
      }
      return Self.busy(time.seconds < loss.lowerBound ? 400 : 250, at: time)
    }
    try await daemon.run()
    let held = try await decisions(store, of: "d").filter { loss.contains($0.time.seconds) }
    #expect(held.contains { $0.trail.contains { $0.kind == "breaker" } })
    for name in ["d", "e", "f"] {
      let all = try await decisions(store, of: name)
      let last = all.last { $0.time.seconds < loss.lowerBound }
      let before = try #require(last).target
      let until = loss.lowerBound..<(loss.upperBound + 300)
      for decision in all where until.contains(decision.time.seconds) {
        #expect(decision.target >= before, "\(decision)")
      }
      #expect(all.last?.target ?? before < before, "\(name) never shrank")
    }
    #expect(daemon.board.status.breaker == nil)
    try await expectReplayEquality(store)
  }

  @Test("too many that would shrink deeply at once are held for half an hour, then believed")
  func deepShrink() async throws {
    let store = try Store.inMemory()
    let fall = start.seconds + 1200
    let end = start + .seconds(5400)
    let daemon = try FleetDaemon(store: store, from: start, to: end) { id, time in
      let falls = ["a", "b", "c"].contains(id.description) && time.seconds >= fall
      return Self.busy(falls ? 120 : 400, at: time)
    }
    try await daemon.run()
    for name in ["a", "b", "c"] {
      let all = try await decisions(store, of: name)
      let before = try #require(all.last { $0.time.seconds < fall }).target
      let until = fall..<(fall + 1800)
      for decision in all where until.contains(decision.time.seconds) {
        #expect(decision.target >= before, "\(decision)")
      }
      #expect(all.last?.target ?? before < before / 2, "\(name) never shrank")
    }
    try await expectReplayEquality(store)
  }

  @Test("a breaker that was open when the process died is open in the next one, and says so")
  func restart() async throws {
    let store = try Store.inMemory()
    let middle = start + .seconds(1800)
    let rate: @Sendable (ServiceID, Timestamp) -> Double? = { [start] id, time in
      if ["a", "b"].contains(id.description) { return Self.busy(400, at: time) }
      return time.seconds >= start.seconds + 1200 ? nil : Self.busy(400, at: time)
    }
    let first = try FleetDaemon(store: store, from: start, to: middle, rate: rate)
    try await first.run()
    #expect(first.board.status.breaker?.contains("of 6 services 4 lost their metrics") == true)
    let second = try FleetDaemon(
      store: store, from: middle, to: middle + .seconds(10), after: first, rate: rate)
    try await second.run()
    #expect(second.board.status.breaker == "it was open when the process before ended")
    let third = try FleetDaemon(
      store: store, from: middle + .seconds(10), to: middle + .seconds(600), after: second
    ) { id, time in Self.busy(400, at: time) }
    try await third.run()
    #expect(third.board.status.breaker == nil)
    try await expectReplayEquality(store)
  }
}
