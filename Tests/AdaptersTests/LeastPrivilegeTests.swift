import Adapters
import Domain
import Foundation
import TestSupport
import Testing

/// What is granted under `deploy/` equals what the code calls, mode by mode: a call without its right
/// fails at night, and a right without a call is a gift to whoever breaks in.
@Suite("Least privilege")
struct LeastPrivilegeTests {
  private static let deploy = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("deploy")

  /// Observes, and commands as far as the mode goes.
  private func run(
    _ cloud: any CloudAdapter, _ kinds: [ScaleCommand.Kind], plans: Bool = false
  ) async throws {
    let web = try #require(ServiceID("web"))
    let now = Timestamp(seconds: 1_800_000_000)
    _ = await cloud.observe([web], at: now)
    for (index, kind) in kinds.enumerated() {
      let outcome = try await cloud.apply(
        ScaleCommand(
          decision: DecisionID(Int64(index)), service: web, kind: kind, replicas: 9 + index,
          fencingToken: 1, validUntil: now + .seconds(60), reason: "forecast"))
      guard case .accepted = outcome else {
        Issue.record("\(kind): \(outcome)")
        return
      }
    }
    guard plans else { return }
    try await cloud.schedule(
      FloorPlan(
        service: web, time: now, floors: [.init(from: now + .seconds(3600), replicas: 9)],
        fencingToken: 1))
    try await cloud.cancelSchedule(of: web)
  }

  struct AWSCase: Sendable, CustomTestStringConvertible {
    var implementation: CloudImplementation
    var kinds: [ScaleCommand.Kind]
    var plans = false
    var statements: [String]

    var testDescription: String { statements.joined(separator: " + ") }
  }

  @Test(
    "the IAM policy grants exactly what each mode calls",
    arguments: [
      AWSCase(implementation: .autoScaling, kinds: [], statements: ["AutoScalingObserve"]),
      AWSCase(
        implementation: .autoScaling, kinds: [.floor],
        statements: ["AutoScalingObserve", "AutoScalingFloor"]),
      AWSCase(
        implementation: .autoScaling, kinds: [.desired],
        statements: ["AutoScalingObserve", "AutoScalingDesired"]),
      AWSCase(
        implementation: .autoScaling, kinds: [.warmPool],
        statements: ["AutoScalingObserve", "AutoScalingWarmPool"]),
      AWSCase(
        implementation: .autoScaling, kinds: [], plans: true,
        statements: ["AutoScalingObserve", "AutoScalingPlanRead", "AutoScalingPlan"]),
      AWSCase(implementation: .containerFloor, kinds: [], statements: ["EcsObserve"]),
      AWSCase(
        implementation: .containerFloor, kinds: [.floor], statements: ["EcsObserve", "EcsFloor"]),
      AWSCase(
        implementation: .containerSize, kinds: [.desired],
        statements: ["EcsObserve", "EcsDesired"]),
      AWSCase(
        implementation: .containerFloor, kinds: [], plans: true,
        statements: ["EcsObserve", "EcsPlanRead", "EcsPlan"]),
    ])
  func policy(scenario: AWSCase) async throws {
    let test = try CloudUnderTest(scenario.implementation)
    try await run(test.cloud, scenario.kinds, plans: scenario.plans)
    let called = Set((test.server?.requests ?? []).map(Self.action))
    let granted = try Self.granted()
    #expect(called == Set(scenario.statements.flatMap { granted[$0] ?? ["no \($0)"] }))
  }

  @Test("the IAM policy has no wildcard, and no statement that nothing tests")
  func statements() throws {
    let granted = try Self.granted()
    #expect(granted.values.joined().allSatisfy { !$0.contains("*") })
    #expect(
      granted.keys.sorted() == [
        "AutoScalingDesired", "AutoScalingFloor", "AutoScalingObserve", "AutoScalingPlan",
        "AutoScalingPlanRead", "AutoScalingWarmPool", "CloudWatchRead", "EcsDesired", "EcsFloor",
        "EcsObserve", "EcsPlan", "EcsPlanRead",
      ])
  }

  @Test("CloudWatch is asked for data and nothing else")
  func cloudWatch() async throws {
    let server = try ScriptedServer { _, _ in
      .answer(200, body: #"{"MetricDataResults":[]}"#)
    }
    let web = try #require(ServiceID("web"))
    let query = try #require(CloudWatchQuery("AWS/ApplicationELB:RequestCount"))
    let source = CloudWatchSource(
      region: "r", services: [web: .init(demand: query)],
      credentials: .given(now: { Timestamp(seconds: 1_800_000_000) }), endpoint: server.url,
      now: { Timestamp(seconds: 1_800_000_000) })
    let now = Timestamp(seconds: 1_800_000_000)
    _ = await source.observe([web], at: now, deadline: .seconds(10))
    _ = try await source.history(of: web, from: now - .seconds(86_400 * 100), to: now)
    #expect(
      Set(server.requests.map(Self.action)) == Set(try Self.granted()["CloudWatchRead"] ?? []))
  }

  struct ClusterCase: Sendable, CustomTestStringConvertible {
    /// Each with the kind of object that stands behind `web`.
    var workloads: [(wire: PlatformWire.KubernetesWorkload, kind: KubernetesKind)]
    var kinds: [ScaleCommand.Kind]
    var roles: [String]

    var testDescription: String { roles.joined(separator: " + ") }
  }

  private static let rollout = KubernetesKind(apiVersion: "argoproj.io/v1alpha1", name: "Rollout")

  @Test(
    "the RBAC roles grant exactly what each mode calls",
    arguments: [
      ClusterCase(
        workloads: [(.free, .deployment), (.free, .statefulSet)], kinds: [],
        roles: ["scaler-observe"]),
      ClusterCase(
        workloads: [(.autoscaled, .deployment), (.free, .statefulSet)], kinds: [.floor],
        roles: ["scaler-observe", "scaler-floor"]),
      ClusterCase(
        workloads: [(.keda, .deployment), (.free, .statefulSet)], kinds: [.floor],
        roles: ["scaler-observe", "scaler-floor-keda"]),
      ClusterCase(
        workloads: [(.free, .deployment), (.free, .statefulSet)], kinds: [.desired],
        roles: ["scaler-observe", "scaler-desired"]),
      ClusterCase(
        workloads: [(.custom, rollout)], kinds: [], roles: ["scaler-observe-rollouts"]),
      ClusterCase(
        workloads: [(.custom, rollout)], kinds: [.desired],
        roles: ["scaler-observe-rollouts", "scaler-desired-rollouts"]),
      ClusterCase(
        workloads: [(.buffered, .capacityBuffer)], kinds: [], roles: ["scaler-observe-headroom"]),
      ClusterCase(
        workloads: [(.buffered, .capacityBuffer)], kinds: [.floor],
        roles: ["scaler-observe-headroom", "scaler-floor-headroom"]),
    ])
  func roles(scenario: ClusterCase) async throws {
    let web = try #require(ServiceID("web"))
    var called: Set<String> = []
    for workload in scenario.workloads {
      let platform = FakePlatform()
      let server = try platform.server(.kubernetes(workload.wire))
      let cloud = KubernetesCloud(
        KubernetesConnection(server: server.url),
        targets: [web: .init(kind: workload.kind, namespace: "shop", name: "web")],
        now: { Timestamp(seconds: 1_800_000_000) })
      // Where nobody owns a workload there is no floor to set.
      let takes = workload.wire != .free || scenario.kinds != [.floor]
      try await run(cloud, takes ? scenario.kinds : [])
      called.formUnion(server.requests.compactMap(Self.right))
    }
    let granted = try Self.rules()
    #expect(called == Set(scenario.roles.flatMap { granted[$0] ?? ["no \($0)"] }))
  }

  @Test("the lease's role grants exactly what an election calls")
  func lease() async throws {
    let server = try ScriptedServer { request, number in
      if request.method != "GET" { return .answer(200, body: request.text) }
      guard number > 2 else { return .answer(404) }
      return .answer(
        200,
        body:
          #"{"apiVersion":"coordination.k8s.io/v1","kind":"Lease","metadata":{"name":"scaler","resourceVersion":"1"},"spec":{"holderIdentity":"a","leaseDurationSeconds":15,"renewTime":"2027-01-15T08:00:00.000001Z","leaseTransitions":1}}"#
      )
    }
    let lease = KubernetesLease(
      KubernetesConnection(server: server.url), namespace: "scaler", name: "scaler",
      settings: .init(identity: "a"), now: { Timestamp(seconds: 1_800_000_000) })
    await lease.round()
    await lease.round()
    #expect(
      Set(server.requests.compactMap(Self.right))
        == Set(try Self.rules()["scaler-lease"] ?? []))
  }

  /// `autoscaling:UpdateAutoScalingGroup`.
  private static func action(_ request: ScriptedServer.Request) -> String {
    if let action = request.form["Action"] { return "autoscaling:\(action)" }
    let parts = (request.headers["x-amz-target"] ?? "").split(separator: ".").map(String.init)
    let services = [
      "AmazonEC2ContainerServiceV20141113": "ecs",
      "AnyScaleFrontendService": "application-autoscaling",
      "GraniteServiceVersion20100801": "cloudwatch",
    ]
    return "\(services[parts.first ?? ""] ?? "?"):\(parts.last ?? "?")"
  }

  private struct Policy: Decodable {
    struct Statement: Decodable {
      var sid: String
      var action: [String]

      enum CodingKeys: String, CodingKey {
        case sid = "Sid"
        case action = "Action"
      }
    }

    var statements: [Statement]

    enum CodingKeys: String, CodingKey { case statements = "Statement" }
  }

  private static func granted() throws -> [String: [String]] {
    let data = try Data(contentsOf: deploy.appendingPathComponent("aws/policy.json"))
    let policy = try JSONDecoder().decode(Policy.self, from: data)
    return Dictionary(policy.statements.map { ($0.sid, $0.action) }) { $0 + $1 }
  }

  /// `patch autoscaling/horizontalpodautoscalers`; nil for what every account may read.
  private static func right(_ request: ScriptedServer.Request) -> String? {
    let whole = request.path.split(separator: "/").map(String.init)
    let isCore = whole.first == "api"
    let group = isCore ? "" : whole.dropFirst().first ?? ""
    let parts = Array(whole.dropFirst(isCore ? 2 : 3))
    guard parts.count >= 3, parts[0] == "namespaces" else { return nil }
    let resource = parts[2] + (parts.count > 4 ? "/\(parts[4])" : "")
    let verb =
      ["PATCH": "patch", "POST": "create", "PUT": "update"][request.method]
      ?? (parts.count > 3 ? "get" : "list")
    return "\(verb) \(group)/\(resource)"
  }

  /// The rules of each role in `rbac.yaml`, which has one per line.
  private static func rules() throws -> [String: [String]] {
    let text = try String(
      contentsOf: deploy.appendingPathComponent("kubernetes/rbac.yaml"), encoding: .utf8)
    func list(_ part: Substring) -> [String] {
      part.split(separator: ",").map {
        $0.trimmingCharacters(in: CharacterSet(charactersIn: " \""))
      }
    }
    var rules: [String: [String]] = [:]
    for document in text.components(separatedBy: "\n---\n") {
      guard let name = document.firstMatch(of: /metadata: \{ name: ([a-z-]+)/)?.1 else { continue }
      for rule in document.matches(
        of: /apiGroups: \[(.*?)\], resources: \[(.*?)\], verbs: \[(.*?)\]/)
      {
        for group in list(rule.1) {
          for resource in list(rule.2) {
            rules[String(name), default: []] += list(rule.3).map { "\($0) \(group)/\(resource)" }
          }
        }
      }
    }
    return rules
  }
}
