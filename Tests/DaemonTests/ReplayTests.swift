import Control
import Domain
import Foundation
import Storage
import Synchronization
import Testing

@testable import Daemon

@Suite("The journal", .serialized)
struct ReplayTests {
  let start = ScriptedDaemon.start
  let web: ServiceID

  init() throws { web = try #require(ServiceID("web")) }

  @Test("replayed through a fresh core, the journal gives the decisions that were made")
  func replayGivesTheSameDecisions() async throws {
    let store = try Store.inMemory()
    let daemon = try ScriptedDaemon(
      store: store, from: start, to: start + .seconds(4 * 3600),
      source: ScriptedSource(silent: (start.seconds + 7200)..<(start.seconds + 7800)),
      refusesEvery: 5)
    try await daemon.run()
    let recorded = try await store.decisions(of: web, limit: 100_000).map(\.decision)
    let replayed = try Recovery.replay(store, ignoringSnapshots: true)[web]
    #expect(recorded.count > 10)
    #expect(replayed?.decisions == recorded.reversed())
    let hasForecast = recorded.contains { $0.trail.contains { $0.kind == "forecast" } }
    #expect(hasForecast, "the run is meant to have a model")
  }

  @Test("restarted in the middle, the daemon decides as without the restart")
  func restartChangesNothing() async throws {
    let end = start + .seconds(4 * 3600)
    let whole = try Store.inMemory()
    try await ScriptedDaemon(store: whole, from: start, to: end).run()

    let parted = try Store.inMemory()
    let middle = start + .seconds(5477)
    let first = try ScriptedDaemon(store: parted, from: start, to: middle)
    try await first.run()
    try await ScriptedDaemon(
      store: parted, from: middle, to: end, source: ScriptedSource(hasHistory: false),
      cloud: first.cloud
    ).run()

    let expected = try await whole.decisions(of: web, limit: 100_000).map(\.decision)
    let actual = try await parted.decisions(of: web, limit: 100_000).map(\.decision)
    #expect(actual == expected)
    #expect(expected.count > 10)
  }

  @Test("a snapshot and the journal after it give the same state as the journal alone")
  func snapshotEqualsJournal() async throws {
    let store = try Store.inMemory()
    try await ScriptedDaemon(store: store, from: start, to: start + .seconds(2 * 3600)).run()
    #expect(try store.newestSnapshots().count == 1)
    let short = try Recovery.replay(store)[web]
    let long = try Recovery.replay(store, ignoringSnapshots: true)[web]
    #expect(short?.autoscaler.snapshot == long?.autoscaler.snapshot)
    #expect(short?.sequence == long?.sequence)
  }

  @Test("what would have been decided under another policy is a replay with that policy")
  func counterfactual() async throws {
    let store = try Store.inMemory()
    try await ScriptedDaemon(store: store, from: start, to: start + .seconds(3600)).run()
    let larger = try Recovery.replay(store, ignoringSnapshots: true) { policy in
      var policy = policy
      policy.fleet.min = 40
      return policy
    }
    let decisions = try #require(larger[web]?.decisions)
    #expect(!decisions.isEmpty)
    #expect(decisions.allSatisfy { $0.target >= 40 })
  }
}

@Suite("The control loop", .serialized)
struct ControlLoopTests {
  let start = ScriptedDaemon.start
  let web: ServiceID

  init() throws { web = try #require(ServiceID("web")) }

  @Test("in mode observe nothing is sent, whatever is decided")
  func observeSendsNothing() async throws {
    let store = try Store.inMemory()
    let daemon = try ScriptedDaemon(
      store: store, from: start, to: start + .seconds(3600), mode: .observe)
    try await daemon.run()
    #expect(daemon.cloud.state.withLock { $0.calls } == 0)
    #expect(try await store.decisions(of: web, limit: 10).isEmpty == false)
  }

  @Test("I-09 every command was recorded before it was sent, and has an outcome afterwards")
  func commandsAreRecorded() async throws {
    let store = try Store.inMemory()
    let daemon = try ScriptedDaemon(
      store: store, from: start, to: start + .seconds(2 * 3600), refusesEvery: 4)
    try await daemon.run()
    let recorded = try await store.decisions(of: web, limit: 100_000)
    let commands = recorded.compactMap(\.command)
    let sent = daemon.cloud.state.withLock { $0.applied }
    #expect(commands.count >= sent.count)
    for command in sent { #expect(commands.contains(command)) }
    #expect(recorded.filter { $0.command != nil }.allSatisfy { $0.outcome != nil })
    #expect(recorded.contains { $0.outcome == .notSent("throttled") })
  }

  @Test("I-02: while the source is silent nothing shrinks")
  func silenceHolds() async throws {
    let store = try Store.inMemory()
    let silence = (start.seconds + 1800)..<(start.seconds + 5400)
    let daemon = try ScriptedDaemon(
      store: store, from: start, to: start + .seconds(5400),
      source: ScriptedSource(silent: silence))
    try await daemon.run()
    let decisions = try await store.decisions(of: web, limit: 100_000).map(\.decision)
    let blind = decisions.filter { silence.contains($0.time.seconds) }
    #expect(!blind.isEmpty)
    for decision in blind {
      #expect(decision.target >= (decision.current ?? 0), "\(decision)")
    }
  }

  @Test("observed values become history that a fit can read")
  func observedBecomesHistory() async throws {
    let store = try Store.inMemory()
    try await ScriptedDaemon(
      store: store, from: start, to: start + .seconds(1800),
      source: ScriptedSource(hasHistory: false)
    ).run()
    let series = try await store.series(
      of: web, metric: .rate, from: start, to: start + .seconds(1200), step: .seconds(60))
    #expect(series.knownCount >= 19)
  }

  @Test("a source that hangs is unknown after its deadline, and delays nobody for longer")
  func hangingSource() async throws {
    let result = await Deadline.run(.milliseconds(50)) {
      try? await Task.sleep(for: .seconds(30))
      return 1
    }
    #expect(result == nil)
  }
}
