import Control
import Domain
import Storage
import Testing

@testable import Daemon

@Suite("What an operator says", .serialized)
struct OperatorTests {
  let start = ScriptedDaemon.start
  let web: ServiceID

  init() throws { web = try #require(ServiceID("web")) }

  /// Runs an hour, says something, and runs another one in a new process.
  private func decisions(
    afterwards say: @escaping @Sendable (ControlLoop) async -> Void
  ) async throws -> [Decision] {
    let store = try Store.inMemory()
    let middle = start + .seconds(3600)
    let first = try ScriptedDaemon(store: store, from: start, to: middle)
    try await first.run()
    await say(first.loop)
    let second = try ScriptedDaemon(
      store: store, from: middle, to: middle + .seconds(3600),
      source: ScriptedSource(hasHistory: false), cloud: first.cloud)
    try await second.run()
    return try await store.decisions(of: web, limit: 10_000).map(\.decision)
      .filter { $0.time >= middle }.reversed()
  }

  @Test("an override holds over a restart until its instant, and no longer")
  func overrides() async throws {
    let (web, until) = (web, start + .seconds(3600 + 900))
    let decisions = try await decisions { loop in
      let isKnown = await loop.override(SizeOverride(replicas: 42, until: until), for: web)
      #expect(isKnown)
    }
    let during = decisions.filter { $0.time < until }
    #expect(!during.isEmpty && during.allSatisfy { $0.target == 42 })
    #expect(decisions.contains { $0.time >= until && $0.target != 42 })
  }

  @Test("an override that is lifted leaves nothing behind")
  func lifts() async throws {
    let (web, until) = (web, start + .seconds(7200))
    let decisions = try await decisions { loop in
      _ = await loop.override(SizeOverride(replicas: 42, until: until), for: web)
      _ = await loop.override(nil, for: web)
    }
    #expect(!decisions.contains { $0.trail.contains { $0.kind == "override" } })
  }

  @Test("nobody is told that an unknown service was overridden")
  func refusesUnknown() async throws {
    let daemon = try ScriptedDaemon(store: try Store.inMemory(), from: start, to: start)
    let shop = try #require(ServiceID("shop"))
    let isKnown = await daemon.loop.override(nil, for: shop)
    #expect(!isKnown)
  }

  @Test("a freeze holds over a restart until its instant, and no longer")
  func freezes() async throws {
    let until = start + .seconds(3600 + 1800)
    let decisions = try await decisions { await $0.freeze(until: until) }
    #expect(
      decisions.filter { $0.time < until }
        .allSatisfy { $0.trail.last?.kind == "frozen" && $0.target == $0.current })
    #expect(decisions.contains { $0.time >= until && $0.target != $0.current })
  }
}
