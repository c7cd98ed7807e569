package import Adapters
package import Domain
import Synchronization

/// Everything that commands a fleet, with the states of it that make a difference.
package enum CloudImplementation: String, CaseIterable, Sendable {
  case simulated, guarded, webhook, exec, autoScaling, containerFloor, containerSize
  case kubernetesFloor, kubernetesKEDA, kubernetesSize, kubernetesCustom, kubernetesHeadroom

  package static var here: [CloudImplementation] {
    allCases.filter { $0 != .exec || isInstalled("curl") }
  }

  /// Those that speak to a server.
  package static var wired: [CloudImplementation] {
    here.filter { $0 != .simulated && $0 != .guarded }
  }

  package var wire: PlatformWire {
    switch self {
    case .simulated, .guarded, .webhook, .exec: .messages
    case .autoScaling: .autoScaling
    case .containerFloor: .containerServices(isScaled: true)
    case .containerSize: .containerServices(isScaled: false)
    case .kubernetesFloor: .kubernetes(.autoscaled)
    case .kubernetesKEDA: .kubernetes(.keda)
    case .kubernetesSize: .kubernetes(.free)
    case .kubernetesCustom: .kubernetes(.custom)
    case .kubernetesHeadroom: .kubernetes(.buffered)
    }
  }

  /// The kinds of command that the fleet takes in this state.
  package var kinds: [ScaleCommand.Kind] {
    switch self {
    case .simulated, .guarded, .webhook, .exec, .autoScaling: [.floor, .desired]
    case .containerFloor, .kubernetesFloor, .kubernetesKEDA, .kubernetesHeadroom: [.floor]
    case .containerSize, .kubernetesSize, .kubernetesCustom: [.desired]
    }
  }

  /// Whether the platform has bounds of its own here.
  package var hasBounds: Bool {
    switch self {
    case .containerSize, .kubernetesSize, .kubernetesCustom, .kubernetesHeadroom: false
    default: true
    }
  }

  /// Whether a reading shows what a command of the first kind set.
  package var showsItsValue: Bool { self != .kubernetesHeadroom }

  /// How an error of a refused write begins.
  package func meaning(of status: Int) -> String {
    switch (self, status) {
    case (.exec, _): "unknownResult"
    case (.autoScaling, 409), (.containerFloor, 409), (.containerSize, 409): "unavailable"
    case (_, 409): "conflict"
    case (_, 403): "denied"
    case (_, 429), (_, 503): "unavailable"
    default: "unknownResult"
    }
  }
}

/// One implementation with the platform behind it: bounds 2 to 20, 4 replicas, all of them ready.
package struct CloudUnderTest {
  package let cloud: any CloudAdapter
  package let time = ManualTime(1_800_000_000)
  package let web: ServiceID
  package let platform = FakePlatform()
  package let implementation: CloudImplementation
  /// Nil where there is no wire.
  package let server: ScriptedServer?
  private let simulated: SimulatedCloud?

  package init(_ implementation: CloudImplementation) throws {
    guard let web = ServiceID("web") else { throw NoName() }
    self.web = web
    self.implementation = implementation
    let time = time
    let now: @Sendable () -> Timestamp = { time.now }
    if implementation == .simulated || implementation == .guarded {
      let simulated = SimulatedCloud(
        [web: .init(ratePerReplica: 10, boot: .zero, initial: 4, min: 2, max: 20)],
        demand: { _, _, _ in 0 }, now: now)
      cloud =
        implementation == .simulated
        ? simulated : GuardedCloud(simulated, modes: [web: .desired], now: now)
      self.simulated = simulated
      server = nil
      return
    }
    simulated = nil
    let server = try platform.server(implementation.wire)
    self.server = server
    cloud = Self.adapter(implementation, url: server.url, web: web, now: now)
  }

  package struct NoName: Error {}

  /// The adapter of a kind that speaks to a server.
  package static func adapter(
    _ implementation: CloudImplementation, url: String, web: ServiceID,
    now: @escaping @Sendable () -> Timestamp
  ) -> any CloudAdapter {
    let keys = AWSCredentialChain.given(now: now)
    switch implementation {
    case .exec:
      // Without --fail the program would print the error page and end well.
      return ExecCloud(
        command: ["curl", "--silent", "--fail", "--data-binary", "@-", url], now: now)
    case .autoScaling:
      return AWSAutoScalingCloud(
        region: "r", groups: [web: "web"], credentials: keys, endpoint: url, now: now)
    case .containerFloor, .containerSize:
      return AWSContainerServiceCloud(
        region: "r", targets: [web: .init(cluster: "shop", service: "web")], credentials: keys,
        endpoint: url, now: now)
    case .kubernetesFloor, .kubernetesKEDA, .kubernetesSize, .kubernetesCustom,
      .kubernetesHeadroom:
      let kind: KubernetesKind =
        switch implementation {
        case .kubernetesCustom: .init(apiVersion: "argoproj.io/v1alpha1", name: "Rollout")
        case .kubernetesHeadroom: .capacityBuffer
        default: .deployment
        }
      return KubernetesCloud(
        KubernetesConnection(server: url),
        targets: [web: .init(kind: kind, namespace: "shop", name: "web")], now: now)
    case .simulated, .guarded, .webhook:
      return WebhookCloud(url: url, secret: nil, retry: .never, now: now)
    }
  }

  /// The same with the guard before it.
  package func guarded(_ mode: GuardedCloud.Mode = .desired) -> GuardedCloud {
    let time = time
    return GuardedCloud(cloud, modes: [web: mode], now: { time.now })
  }

  package func command(
    _ replicas: Int, _ kind: ScaleCommand.Kind? = nil, decision: Int64 = 1, token: Int64 = 1,
    validFor duration: Duration = .seconds(60)
  ) -> ScaleCommand {
    ScaleCommand(
      decision: DecisionID(decision), service: web,
      kind: kind ?? implementation.kinds.first ?? .floor, replicas: replicas, fencingToken: token,
      validUntil: time.now + duration, reason: "forecast 812/s")
  }

  /// Requests that would change something, without the Events that tell of it.
  package var writeRequests: [ScriptedServer.Request] {
    let wire = implementation.wire
    return server?.requests.filter { wire.isWrite($0) } ?? []
  }

  package func setDown(_ isDown: Bool) {
    platform.setDown(isDown)
    guard let simulated else { return }
    if isDown {
      simulated.inject(SimulatedFault(.unavailable, from: time.now, to: time.now + .seconds(1)))
    } else {
      time.set(time.now.seconds + 1)
    }
  }

  /// What a command of this kind sets, as the platform has it.
  package func value(_ kind: ScaleCommand.Kind) -> Int? {
    guard let simulated else {
      return kind == .floor ? platform.fleet.min : platform.fleet.size
    }
    let fleet = simulated.fleet(of: web, at: time.now)
    return kind == .floor ? fleet?.floor : fleet?.ready
  }
}
