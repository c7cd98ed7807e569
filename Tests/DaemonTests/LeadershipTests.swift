import Control
import Domain
import Logging
import Storage
import Synchronization
import Testing

@testable import Daemon

/// Leadership by a script: each token from its second on, nil for none.
final class ScriptedLeadership: Leadership {
  let clock: any DaemonClock
  let script: [(from: Timestamp, token: Int64?)]

  init(clock: any DaemonClock, script: [(from: Timestamp, token: Int64?)]) {
    self.clock = clock
    self.script = script
  }

  var fencingToken: Int64? {
    get async { script.last { $0.from <= clock.now }.flatMap(\.token) }
  }

  func run(changed: @Sendable (Int64?) async -> Void) async {
    var told: Int64?
    for entry in script {
      while clock.now < entry.from, !Task.isCancelled { await Task.yield() }
      if entry.token != told {
        told = entry.token
        await changed(told)
      }
    }
    // Only the end of the loop ends the competition.
    while !Task.isCancelled { await Task.yield() }
  }
}

@Suite("Leadership")
struct LeadershipTests {
  private let start = ScriptedDaemon.start

  @Test("a follower decides and commands nothing; a leader's commands carry its token")
  func followersDoNotCommand() async throws {
    let store = try Store.inMemory()
    let turn = start + .seconds(3600)
    let daemon = try ScriptedDaemon(
      store: store, from: start, to: start + .seconds(4 * 3600),
      leadership: [(start, nil), (turn, 7)])
    try await daemon.run()
    let sent = daemon.cloud.state.withLock { $0.applied }
    #expect(!sent.isEmpty)
    #expect(sent.allSatisfy { $0.fencingToken == 7 && $0.validUntil > turn })
    let web = try #require(ServiceID("web"))
    let decisions = try await store.decisions(of: web, limit: 1000).map(\.decision)
    #expect(decisions.contains { $0.time < turn }, "a follower is meant to know what it would do")
  }

  @Test("a command whose token is no longer the process's own is not sent")
  func lostBetweenDecisionAndCommand() async throws {
    let clock = SteppingClock(from: start, to: start + .seconds(60))
    let cloud = ScriptedCloud(clock: clock)
    let web = try #require(ServiceID("web"))
    let service = ServiceWiring(
      policy: ServicePolicy(
        id: web, mode: .desired,
        fleet: FleetPolicy(ratePerReplica: 50, boot: .seconds(60), min: 2, max: 100)),
      cloud: "c")
    let sender = CommandSender(
      wiring: Wiring(services: [service], sources: [:], clouds: ["c": cloud]), clock: clock,
      leadership: ScriptedLeadership(clock: clock, script: [(start, 3)]))
    func command(_ token: Int64) -> ScaleCommand {
      ScaleCommand(
        decision: DecisionID(token), service: web, kind: .desired, replicas: 9,
        fencingToken: token, validUntil: start + .seconds(30))
    }
    #expect(
      await sender.send(command(2), for: service)
        == .notSent("another process may lead by now"))
    #expect(await sender.send(command(3), for: service) == .accepted(replicas: 9))
    #expect(cloud.state.withLock { $0.applied.map(\.fencingToken) } == [3])
  }

  @Test("a process that is alone commands, also when it was a follower before")
  func aloneAgain() async throws {
    let store = try Store.inMemory()
    let middle = start + .seconds(3600)
    let follower = try ScriptedDaemon(
      store: store, from: start, to: middle, leadership: [(start, nil)])
    try await follower.run()
    #expect(follower.cloud.state.withLock { $0.applied.isEmpty })
    let alone = try ScriptedDaemon(store: store, from: middle, to: middle + .seconds(3600))
    try await alone.run()
    #expect(alone.cloud.state.withLock { !$0.applied.isEmpty })
  }
}
