import Adapters
import Domain
import Foundation
import Testing

/// The behaviours that every platform shares, whatever it speaks. Each implementation runs them
/// against the same fleet: bounds 2 to 20, 4 replicas, all of them ready.
enum Implementation: String, CaseIterable, Sendable {
  case simulated, guarded, webhook, exec, autoScaling, kubernetesFloor, kubernetesSize

  static var here: [Implementation] { allCases.filter { $0 != .exec || isInstalled("curl") } }
}

/// One implementation with the platform behind it.
struct CloudUnderTest {
  let cloud: any CloudAdapter
  let time = ManualTime(1_800_000_000)
  let web: ServiceID
  /// The kinds that this platform takes in this state.
  var kinds: [ScaleCommand.Kind] = [.floor, .desired]
  /// How many writes the platform has seen; nil where there is no wire.
  var writes: (() -> Int)?
  var setDown: (Bool) -> Void
  /// Keeps the server alive.
  private var server: ScriptedServer?

  init(_ implementation: Implementation) throws {
    let web = try #require(ServiceID("web"))
    self.web = web
    let time = time
    let now: @Sendable () -> Timestamp = { time.now }
    let simulated = SimulatedCloud(
      [web: .init(ratePerReplica: 10, boot: .zero, initial: 4, min: 2, max: 20)],
      demand: { _, _, _ in 0 }, now: now)
    if implementation == .simulated || implementation == .guarded {
      cloud =
        implementation == .simulated
        ? simulated : GuardedCloud(simulated, modes: [web: .desired], now: now)
      setDown = { isDown in
        if isDown {
          simulated.inject(
            SimulatedFault(.unavailable, from: time.now, to: time.now + .seconds(1)))
        } else {
          time.set(time.now.seconds + 1)
        }
      }
      return
    }
    let platform = FakePlatform()
    writes = { platform.writes }
    setDown = platform.setDown
    let never = RetryPolicy.never
    switch implementation {
    case .simulated, .guarded, .webhook:
      let server = try platform.server(FakePlatform.messages)
      self.server = server
      cloud = WebhookCloud(url: server.url, secret: nil, retry: never, now: now)
    case .exec:
      let server = try platform.server(FakePlatform.messages)
      self.server = server
      // Without --fail the program would print the error page and end well.
      cloud = ExecCloud(
        command: ["curl", "--silent", "--fail", "--data-binary", "@-", server.url], now: now)
    case .autoScaling:
      let server = try platform.server(FakePlatform.autoScaling)
      self.server = server
      let places = AWSCredentialPlaces(
        environment: ["AWS_ACCESS_KEY_ID": "K", "AWS_SECRET_ACCESS_KEY": "s"], region: "r")
      cloud = AWSAutoScalingCloud(
        region: "r", groups: [web: "web"], credentials: AWSCredentialChain(places, now: now),
        endpoint: server.url, now: now)
    case .kubernetesFloor, .kubernetesSize:
      let isOwned = implementation == .kubernetesFloor
      let server = try platform.server(FakePlatform.kubernetes(isOwned: isOwned))
      self.server = server
      cloud = KubernetesCloud(
        KubernetesConnection(server: server.url),
        targets: [web: .init(kind: .deployment, namespace: "shop", name: "web")], now: now)
      kinds = isOwned ? [.floor] : [.desired]
    }
  }

  func reading() async throws -> FleetReading {
    try #require(await cloud.observe([web], at: time.now).first)
  }

  func command(
    _ replicas: Int, _ kind: ScaleCommand.Kind, decision: Int64, token: Int64 = 1
  ) -> ScaleCommand {
    ScaleCommand(
      decision: DecisionID(decision), service: web, kind: kind, replicas: replicas,
      fencingToken: token, validUntil: time.now + .seconds(60))
  }

  /// What a command of this kind sets, as the platform shows it.
  func shown(_ kind: ScaleCommand.Kind) async throws -> Int? {
    let reading = try await reading()
    return kind == .floor ? reading.min : reading.ready
  }
}

@Suite("Every platform")
struct CloudConformanceTests {
  @Test(
    "shows its fleet, and of a service that it does not have nothing",
    arguments: Implementation.here)
  func observing(implementation: Implementation) async throws {
    let test = try CloudUnderTest(implementation)
    let stranger = try #require(ServiceID("stranger"))
    let readings = await test.cloud.observe([stranger, test.web, stranger], at: test.time.now)
    #expect(readings.map(\.ready) == [nil, 4, nil])
    #expect(readings.map(\.pending) == [nil, [], nil])
    #expect(readings[0].problem != nil)
    #expect(readings[1].problem == nil)
    #expect(await test.cloud.observe([], at: test.time.now).isEmpty)
  }

  @Test(
    "does what it is told, absolutely, and says unchanged when it already is so",
    arguments: Implementation.here)
  func commanding(implementation: Implementation) async throws {
    let test = try CloudUnderTest(implementation)
    var decision: Int64 = 0
    for kind in test.kinds {
      // Ends low, so that the floor does not stand in the way of the sizes.
      for replicas in [7, 15, 3] {
        decision += 1
        _ = try await test.reading()
        #expect(
          try await test.cloud.apply(test.command(replicas, kind, decision: decision))
            == .accepted(replicas: replicas))
        #expect(try await test.shown(kind) == replicas)
        let writes = test.writes?()
        decision += 1
        #expect(
          try await test.cloud.apply(test.command(replicas, kind, decision: decision)) == .unchanged
        )
        #expect(test.writes?() == writes)
      }
    }
  }

  @Test(
    "sends nothing that is too late, and knows nothing of strangers", arguments: Implementation.here
  )
  func notSending(implementation: Implementation) async throws {
    let test = try CloudUnderTest(implementation)
    for kind in test.kinds {
      var late = test.command(9, kind, decision: 1)
      late.validUntil = test.time.now - .seconds(1)
      guard case .notSent = try await test.cloud.apply(late) else {
        Issue.record("a late command was sent")
        continue
      }
      var strange = test.command(9, kind, decision: 2)
      strange.service = try #require(ServiceID("stranger"))
      guard implementation != .guarded else {
        #expect(try await test.cloud.apply(strange) == .notSent("stranger is only observed"))
        continue
      }
      do throws(CloudError) {
        _ = try await test.cloud.apply(strange)
        Issue.record("a stranger was commanded")
      } catch {
        // A program can only say that it failed.
        #expect("\(error)".hasPrefix(implementation == .exec ? "unknownResult" : "notFound"))
      }
    }
    #expect(test.writes?() ?? 0 == 0)
  }

  @Test("clamps to the platform's upper bound and says to what", arguments: Implementation.here)
  func clamping(implementation: Implementation) async throws {
    let test = try CloudUnderTest(implementation)
    // A Deployment has no bounds of its own.
    guard implementation != .kubernetesSize else { return }
    _ = try await test.reading()
    for (index, kind) in test.kinds.enumerated() where kind == test.kinds.first {
      #expect(
        try await test.cloud.apply(test.command(500, kind, decision: Int64(index)))
          == .accepted(replicas: 20))
    }
  }

  @Test(
    "when it is down, knows nothing, accepts nothing, and recovers", arguments: Implementation.here)
  func outage(implementation: Implementation) async throws {
    let test = try CloudUnderTest(implementation)
    let kind = try #require(test.kinds.first)
    test.setDown(true)
    let reading = try await test.reading()
    #expect(reading.ready == nil)
    #expect(reading.pending == nil)
    #expect(reading.problem != nil)
    do throws(CloudError) {
      let outcome = try await test.cloud.apply(test.command(9, kind, decision: 1))
      Issue.record("\(outcome)")
    } catch {
      #expect("\(error)".hasPrefix(implementation == .exec ? "unknownResult" : "unavailable"))
    }
    test.setDown(false)
    #expect(try await test.reading().ready == 4)
    #expect(
      try await test.cloud.apply(test.command(9, kind, decision: 2)) == .accepted(replicas: 9))
  }
}
