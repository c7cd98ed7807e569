import Domain
import Foundation
import TestSupport
import Testing

@testable import Adapters

@Suite("The Kubernetes adapter")
struct KubernetesTests {
  private let web: ServiceID
  private let time = ManualTime(1_800_000_000)
  private let platform = FakePlatform()

  init() throws { web = try #require(ServiceID("web")) }

  private func cloud(_ server: ScriptedServer) -> KubernetesCloud {
    KubernetesCloud(
      KubernetesConnection(server: server.url + "/"),
      targets: [web: .init(kind: .deployment, namespace: "shop", name: "web")],
      now: { [time] in time.now })
  }

  private func command(
    _ replicas: Int, _ kind: ScaleCommand.Kind, token: Int64 = 1
  ) -> ScaleCommand {
    ScaleCommand(
      decision: DecisionID(7), service: web, kind: kind, replicas: replicas, fencingToken: token,
      validUntil: time.now + .seconds(60))
  }

  @Test("a size is refused where an autoscaler owns the workload, a floor where none does")
  func ownership() async throws {
    let owned = try platform.server(.kubernetes(.autoscaled))
    #expect(
      try await cloud(owned).apply(command(9, .desired))
        == .refused(
          "the HorizontalPodAutoscaler web scales Deployment web and would write the size back; use the mode floor"
        ))
    let free = try platform.server(.kubernetes(.free))
    #expect(
      try await cloud(free).apply(command(9, .floor))
        == .refused(
          "no HorizontalPodAutoscaler scales Deployment web; a floor needs one, or use the mode desired"
        ))
    #expect(platform.writes == 0)
  }

  @Test(
    "a floor is written onto the version that was read, with its token; older leaders are refused")
  func fencing() async throws {
    let server = try platform.server(.kubernetes(.autoscaled))
    let cloud = cloud(server)
    #expect(try await cloud.apply(command(6, .floor, token: 5)) == .accepted(replicas: 6))
    let patch = try #require(server.requests.last { $0.method == "PATCH" })
    #expect(
      patch.text
        == #"{"metadata":{"annotations":{"scaler.dev/decision":"7","scaler.dev/fencing-token":"5"},"#
        + #""resourceVersion":"1"},"spec":{"minReplicas":6}}"#)
    #expect(
      try await cloud.apply(command(9, .floor, token: 4))
        == .refused("a newer leader commands web"))
    #expect(try await cloud.apply(command(9, .floor, token: 6)) == .accepted(replicas: 9))
    #expect(try await cloud.apply(command(0, .floor, token: 6)) == .accepted(replicas: 1))
  }

  @Test("a rehearsal is checked by the server and changes nothing")
  func rehearsal() async throws {
    let server = try platform.server(.kubernetes(.autoscaled))
    #expect(try await cloud(server).rehearse(command(6, .floor)) == .accepted(replicas: 6))
    #expect(server.requests.last?.target.hasSuffix("?dryRun=All&fieldManager=scaler") == true)
    #expect(platform.writes == 0)
  }

  @Test(
    "F-47 F-48 F-49 F-54 Kubernetes' statuses become what the caller does next",
    arguments: [
      (401, "Unauthorized", "denied"), (403, "Forbidden", "denied"), (404, "NotFound", "notFound"),
      (409, "Conflict", "conflict"), (422, "Invalid", "malformed"),
      (429, "TooManyRequests", "unavailable"), (500, "InternalError", "unknownResult"),
    ])
  func statuses(status: Int, reason: String, expected: String) async throws {
    let healthy = PlatformWire.kubernetes(.autoscaled)
    let server = try ScriptedServer { [platform] request, _ in
      request.method == "PATCH"
        ? .answer(
          status, headers: ["Retry-After": "100"],
          body: #"{"kind":"Status","reason":"\#(reason)","message":"because"}"#)
        : healthy.serve(platform, request)
    }
    do throws(CloudError) {
      _ = try await cloud(server).apply(command(6, .floor))
      Issue.record("taken")
    } catch {
      #expect("\(error)".hasPrefix(expected), "\(error)")
      #expect("\(error)".contains("\(reason): because"))
    }
  }

  @Test("the floor of an autoscaler that KEDA writes is set in its ScaledObject")
  func keda() async throws {
    let server = try ScriptedServer { request, _ in
      switch request.path {
      case "/apis/autoscaling/v2/namespaces/shop/horizontalpodautoscalers":
        return .answer(
          200,
          body:
            #"{"items":[{"metadata":{"name":"keda-hpa-web","ownerReferences":[{"kind":"ScaledObject","name":"so"}]},"spec":{"scaleTargetRef":{"kind":"Deployment","name":"web"},"maxReplicas":10}}]}"#
        )
      case "/apis/keda.sh/v1alpha1/namespaces/shop/scaledobjects/so":
        return .answer(
          200,
          body: #"{"metadata":{"name":"so","resourceVersion":"3"},"spec":{"maxReplicaCount":8}}"#)
      default: return .answer(404)
      }
    }
    #expect(try await cloud(server).apply(command(9, .floor)) == .accepted(replicas: 8))
    let patch = try #require(server.requests.last { $0.method == "PATCH" })
    #expect(patch.method == "PATCH")
    #expect(patch.text.contains(#""spec":{"minReplicaCount":8}"#))
    #expect(patch.text.contains(#""resourceVersion":"3""#))
  }

  @Test("lists are read page by page, and missing replicas boot since they were first missed")
  func reading() async throws {
    let server = try ScriptedServer { request, number in
      let isDeployments = request.path.hasSuffix("/deployments")
      guard isDeployments else { return .answer(200, body: #"{"items":[]}"#) }
      guard request.target.contains("continue=") else {
        return .answer(200, body: #"{"metadata":{"continue":"a b"},"items":[]}"#)
      }
      let ready = number < 4 ? "" : #","status":{"readyReplicas":2}"#
      return .answer(
        200,
        body:
          #"{"metadata":{},"items":[{"metadata":{"name":"web"},"spec":{"replicas":5}\#(ready)}]}"#)
    }
    let cloud = cloud(server)
    let start = time.now
    #expect(
      await cloud.observe([web], at: start)
        == [
          FleetReading(
            ready: 0, pending: [PendingBatch(count: 5, since: start)], isRollingOut: false)
        ])
    #expect(server.requests[1].target.hasSuffix("limit=500&continue=a+b"))
    #expect(
      await cloud.observe([web], at: start + .seconds(30))
        == [
          FleetReading(
            ready: 2, pending: [PendingBatch(count: 3, since: start)], isRollingOut: false)
        ])
  }

  @Test(
    "what is missing longer was started earlier, and what arrives is the oldest", arguments: 1...50)
  func tracking(seed: Int) {
    var random = SplitMix(seed: UInt64(seed))
    var batches: [PendingBatch] = []
    for second in 0..<100 {
      let count = Int(random.next() % 12)
      batches = PendingBatch.tracking(count, known: batches, at: Timestamp(seconds: Int64(second)))
      #expect(batches.reduce(0) { $0 + $1.count } == count, "seed \(seed)")
      #expect(batches.allSatisfy { $0.count > 0 }, "seed \(seed)")
      #expect(batches.map(\.since) == batches.map(\.since).sorted(), "seed \(seed)")
    }
  }

  @Test("a pod finds its server, CA and rotating token")
  func inCluster() async throws {
    let folder = try TemporaryFolder()
    let connection = try #require(
      KubernetesConnection(
        environment: ["KUBERNETES_SERVICE_HOST": "fd00::1", "KUBERNETES_SERVICE_PORT": "443"],
        accountFolder: folder.url("a").path))
    #expect(connection.server == "https://[fd00::1]:443")
    #expect(connection.options.tls.caFile == folder.url("a").path + "/ca.crt")
    #expect(
      connection.options.authorization?.credentials == .file(folder.url("a").path + "/token"))
    #expect(KubernetesConnection(environment: [:]) == nil)
  }

  @Test("a kubeconfig's context becomes a connection, certificates inside it included")
  func kubeconfig() throws {
    let json = #"""
      {"current-context":"b","clusters":[{"name":"c","cluster":{"server":"https://k:6443/","certificate-authority-data":"UEVN"}}],
       "contexts":[{"name":"b","context":{"cluster":"c","user":"u"}},{"name":"x","context":{"cluster":"none","user":"u"}}],
       "users":[{"name":"u","user":{"client-certificate":"/cert","client-key-data":"S0VZ"}}]}
      """#
    let config = try JSONDecoder().decode(Kubeconfig.self, from: Data(json.utf8))
    let connection = try KubernetesConnection(config)
    #expect(connection.server == "https://k:6443")
    #expect(connection.options.tls.ca == "PEM")
    #expect(connection.options.tls.certFile == "/cert")
    #expect(connection.options.tls.key == .value("KEY"))
    #expect(throws: HTTPError.credentials("the kubeconfig has no complete context x")) {
      try KubernetesConnection(config, context: "x")
    }
  }
}
