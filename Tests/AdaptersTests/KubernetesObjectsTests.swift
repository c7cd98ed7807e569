import Domain
import Foundation
import TestSupport
import Testing

@testable import Adapters

@Suite("What a cluster has beside Deployments with an HPA")
struct KubernetesObjectsTests {
  private let web: ServiceID
  private let time = ManualTime(1_800_000_000)
  private let platform = FakePlatform()

  init() throws { web = try #require(ServiceID("web")) }

  private func cloud(
    _ server: ScriptedServer, _ kind: KubernetesKind = .deployment,
    lease: KubernetesCloud.LeaseName? = nil
  ) -> KubernetesCloud {
    KubernetesCloud(
      KubernetesConnection(server: server.url),
      targets: [web: .init(kind: kind, namespace: "shop", name: "web")], lease: lease,
      instance: "scaler-0", now: { [time] in time.now })
  }

  private func command(
    _ replicas: Int, _ kind: ScaleCommand.Kind, token: Int64 = 1
  ) -> ScaleCommand {
    ScaleCommand(
      decision: DecisionID(7), service: web, kind: kind, replicas: replicas, fencingToken: token,
      validUntil: time.now + .seconds(60), reason: "forecast 812/s in 90s → 6")
  }

  @Test(
    "kinds are read as they are written, and nothing else is one",
    arguments: [
      ("Deployment", "apps/v1", "Deployment"), ("StatefulSet", "apps/v1", "StatefulSet"),
      ("CapacityBuffer", "autoscaling.x-k8s.io/v1beta1", "CapacityBuffer"),
      ("argoproj.io/v1alpha1/Rollout", "argoproj.io/v1alpha1", "Rollout"),
      ("v1/ReplicationController", "v1", "ReplicationController"), ("Rollout", nil, nil),
      ("apps/v1/deployments", nil, nil), ("a/b/c/D", nil, nil), ("", nil, nil),
    ] as [(String, String?, String?)])
  func kinds(text: String, version: String?, name: String?) {
    let kind = KubernetesKind(text)
    #expect(kind?.apiVersion == version)
    #expect(kind?.name == name)
  }

  @Test("an accepted command is told as an Event beside the object, with its reason")
  func events() async throws {
    let server = try platform.server(.kubernetes(.autoscaled))
    #expect(try await cloud(server).apply(command(6, .floor)) == .accepted(replicas: 6))
    #expect(try await cloud(server).apply(command(6, .floor)) == .unchanged)
    #expect(
      platform.events == [
        #"{"action":"Scale","apiVersion":"events.k8s.io/v1","eventTime":"2027-01-15T08:00:00.000000Z","kind":"Event","metadata":{"name":"scaler-web-1-7-1800000060","namespace":"shop"},"note":"floor 2 → 6: forecast 812/s in 90s → 6","reason":"PredictiveScaling","regarding":{"apiVersion":"autoscaling/v2","kind":"HorizontalPodAutoscaler","name":"web","namespace":"shop","resourceVersion":"1","uid":"u-1"},"reportingController":"scaler.dev/scaler","reportingInstance":"scaler-0","type":"Normal"}"#
      ])
  }

  @Test("nobody who may not write Events fails for it")
  func forbiddenEvents() async throws {
    let healthy = PlatformWire.kubernetes(.autoscaled)
    let server = try ScriptedServer { [platform] request, _ in
      request.method == "POST" ? healthy.refuse(403) : healthy.serve(platform, request)
    }
    #expect(try await cloud(server).apply(command(6, .floor)) == .accepted(replicas: 6))
  }

  @Test("a custom resource is found by its kind, scaled by its scale, and its pods are counted")
  func custom() async throws {
    let rollout = KubernetesKind(apiVersion: "argoproj.io/v1alpha1", name: "Rollout")
    let server = try platform.server(.kubernetes(.custom))
    let cloud = cloud(server, rollout)
    #expect(
      await cloud.observe([web], at: time.now)
        == [FleetReading(ready: 4, pending: [], version: "1")])
    #expect(try await cloud.apply(command(6, .desired)) == .accepted(replicas: 6))
    let patch = try #require(server.requests.first { $0.method == "PATCH" })
    #expect(patch.path == "/apis/argoproj.io/v1alpha1/namespaces/shop/rollouts/web/scale")
    #expect(patch.text == #"{"metadata":{"resourceVersion":"1"},"spec":{"replicas":6}}"#)
    #expect(
      server.requests.contains {
        $0.target == "/api/v1/namespaces/shop/pods?limit=500&labelSelector=app%3Dweb"
      })
    #expect(server.requests.count { $0.path == "/apis/argoproj.io/v1alpha1" } == 1)
    let strange = self.cloud(server, .init(apiVersion: "argoproj.io/v1alpha1", name: "Experiment"))
    await #expect(
      throws: CloudError.notFound("the cluster has no kind argoproj.io/v1alpha1/Experiment")
    ) {
      try await strange.apply(command(6, .desired))
    }
  }

  @Test("headroom is the floor less what the workload has, and never a size")
  func headroom() async throws {
    let server = try platform.server(.kubernetes(.buffered))
    let cloud = cloud(server, .capacityBuffer)
    #expect(
      await cloud.observe([web], at: time.now)
        == [FleetReading(ready: 4, pending: [], version: "1")])
    #expect(try await cloud.apply(command(9, .floor, token: 5)) == .accepted(replicas: 9))
    let patch = try #require(server.requests.first { $0.method == "PATCH" })
    #expect(patch.text.contains(#""spec":{"replicas":5}"#))
    #expect(platform.events.first?.contains("room for 5 more of Deployment web") == true)
    #expect(
      try await cloud.apply(command(12, .floor, token: 4))
        == .refused("a newer leader commands web"))
    guard case .refused = try await cloud.apply(command(9, .desired)) else {
      Issue.record("a buffer took a size")
      return
    }
  }

  @Test("F-66 a size is refused once the Lease has a newer leader, who writes later")
  func fencedSize() async throws {
    let server = try platform.server(.kubernetes(.free))
    let cloud = cloud(server, lease: .init(namespace: "shop", name: "scaler"))
    platform.setLeaseToken(4)
    #expect(try await cloud.apply(command(6, .desired, token: 4)) == .accepted(replicas: 6))
    platform.setLeaseToken(5)
    #expect(
      try await cloud.apply(command(9, .desired, token: 4))
        == .refused("a newer leader commands web"))
    #expect(platform.fleet.size == 6)
    // The Lease is read after the object and before the write onto what was read.
    let calls = server.requests.suffix(2).map(\.path)
    #expect(calls.first?.hasSuffix("/scale") == true)
    #expect(calls.last?.hasSuffix("/leases/scaler") == true)
  }

  @Test(
    "F-48 a size is written onto the version that was read, and not again over somebody's change")
  func conflict() async throws {
    let healthy = PlatformWire.kubernetes(.free)
    let server = try ScriptedServer { [platform] request, _ in
      if request.method == "PATCH" { platform.meddle { $0.size = 11 } }
      return healthy.serve(platform, request)
    }
    await #expect(throws: CloudError.conflict("Conflict: the object has been modified")) {
      try await cloud(server).apply(command(6, .desired))
    }
    #expect(platform.fleet.size == 11)
    #expect(server.requests.count { $0.method == "PATCH" } == 1)
  }

  @Test("a rollout, the owner and the version are shown")
  func shown() async throws {
    let server = try ScriptedServer { request, _ in
      request.path.hasSuffix("/deployments")
        ? .answer(
          200,
          body:
            #"{"items":[{"metadata":{"name":"web","resourceVersion":"8"},"spec":{"replicas":5},"status":{"replicas":6,"readyReplicas":5,"updatedReplicas":2}}]}"#
        )
        : .answer(
          200,
          body:
            #"{"items":[{"metadata":{"name":"web-hpa","resourceVersion":"9"},"spec":{"scaleTargetRef":{"apiVersion":"apps/v1","kind":"Deployment","name":"web"},"minReplicas":3,"maxReplicas":10}},{"metadata":{"name":"other"},"spec":{"scaleTargetRef":{"apiVersion":"argoproj.io/v1alpha1","kind":"Deployment","name":"web"},"maxReplicas":99}}]}"#
        )
    }
    #expect(
      await cloud(server).observe([web], at: time.now) == [
        FleetReading(
          ready: 5, pending: [], min: 3, max: 10, owner: "HorizontalPodAutoscaler web-hpa",
          version: "9", isRollingOut: true)
      ])
  }
}

@Suite("Who we are to a cluster")
struct KubernetesCredentialTests {
  private let web: ServiceID

  init() throws { web = try #require(ServiceID("web")) }

  private func observe(_ connection: KubernetesConnection) async -> FleetReading? {
    await KubernetesCloud(
      connection, targets: [web: .init(kind: .deployment, namespace: "shop", name: "web")],
      now: { Timestamp(seconds: 1_800_000_000) }
    ).observe([web], at: Timestamp(seconds: 1_800_000_000)).first
  }

  /// Takes what ends in `good`.
  private func server() throws -> ScriptedServer {
    let platform = FakePlatform()
    let healthy = PlatformWire.kubernetes(.free)
    return try ScriptedServer { request, _ in
      request.headers["authorization"]?.hasSuffix("good") == true
        ? healthy.serve(platform, request)
        : .answer(
          401, body: #"{"kind":"Status","reason":"Unauthorized","message":"who are you"}"#)
    }
  }

  private func kubeconfig(_ url: String, exec: String) throws -> Kubeconfig {
    let json = #"""
      {"current-context":"x","clusters":[{"name":"c","cluster":{"server":"\#(url)"}}],
       "contexts":[{"name":"x","context":{"cluster":"c","user":"u"}}],
       "users":[{"name":"u","user":{"exec":\#(exec)}}]}
      """#
    return try JSONDecoder().decode(Kubeconfig.self, from: Data(json.utf8))
  }

  /// A plugin that counts its runs and prints a token from its arguments and environment.
  private func plugin(_ folder: TemporaryFolder) throws -> URL {
    let script = folder.url("plugin")
    try Data(
      #"""
      #!/bin/sh
      echo x >> "$(dirname "$0")/runs"
      case "$KUBERNETES_EXEC_INFO" in *'"interactive":false'*) ;; *) exit 3;; esac
      runs=$(wc -l < "$(dirname "$0")/runs")
      token=bad; [ "$runs" -ge "$1" ] && token="$WHO-good"
      end=$2; [ "$runs" -gt 1 ] && end=${3:-$2}
      echo "{\"apiVersion\":\"client.authentication.k8s.io/v1\",\"kind\":\"ExecCredential\",\"status\":{\"token\":\"$token\",\"expirationTimestamp\":\"$end\"}}"
      """#.utf8
    ).write(to: script)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: script.path)
    return script
  }

  private func runs(_ folder: TemporaryFolder) throws -> Int {
    try String(contentsOf: folder.url("runs"), encoding: .utf8).split(separator: "\n").count
  }

  @Test("an exec plugin is run from the kubeconfig's folder, once while its credential lasts")
  func execPlugin() async throws {
    let folder = try TemporaryFolder()
    let script = try plugin(folder)
    let server = try server()
    let config = try kubeconfig(
      server.url,
      exec:
        #"{"apiVersion":"client.authentication.k8s.io/v1","command":"./plugin","args":["1","2027-01-15T09:00:00Z","2027-01-15T10:00:00Z"],"env":[{"name":"WHO","value":"me"}],"interactiveMode":"Never"}"#
    )
    let time = ManualTime(1_800_000_000)
    let connection = try KubernetesConnection(
      config, folder: script.deletingLastPathComponent().path, now: { time.now })
    #expect(await observe(connection)?.ready == 4)
    #expect(await observe(connection)?.ready == 4)
    #expect(server.requests[0].headers["authorization"] == "Bearer me-good")
    #expect(try runs(folder) == 1)
    // Ten seconds before its end it is asked for anew.
    time.set(1_800_000_000 + 3590)
    #expect(await observe(connection)?.ready == 4)
    #expect(try runs(folder) == 2)
  }

  @Test("F-54 a plugin's credential that the server refuses is asked for once more")
  func refusedPlugin() async throws {
    let folder = try TemporaryFolder()
    let script = try plugin(folder)
    let server = try server()
    let config = try kubeconfig(
      server.url,
      exec: #"{"command":"\#(script.path)","args":["2","2027-01-15T09:00:00Z"]}"#)
    let connection = try KubernetesConnection(
      config, now: { Timestamp(seconds: 1_800_000_000) })
    #expect(await observe(connection)?.ready == 4)
    #expect(try runs(folder) == 2)
  }

  @Test("F-54 a plugin that fails or prints no credential is told, with its hint")
  func brokenPlugin() async throws {
    let server = try server()
    func problem(_ exec: String) async throws -> String? {
      await observe(
        try KubernetesConnection(
          try kubeconfig(server.url, exec: exec), now: { Timestamp(seconds: 1_800_000_000) }))?
        .problem
    }
    #expect(
      try await problem(#"{"command":"no-such-plugin","installHint":"get it from us"}"#)
        == "the credential plugin: no-such-plugin is not an executable file; get it from us")
    #expect(
      try await problem(#"{"command":"sh","args":["-c","echo sorry >&2; exit 7"]}"#)
        == "the credential plugin ended with status 7: sorry")
    #expect(
      try await problem(#"{"command":"echo","args":["{}"]}"#)
        == "the credential plugin printed no credential")
    #expect(server.requests.isEmpty)
  }

  @Test("a pod's token is read anew at each use, because it rotates")
  func rotation() async throws {
    let folder = try TemporaryFolder()
    let token = folder.url("token")
    try Data("old-bad".utf8).write(to: token)
    let server = try server()
    var options = HTTPOptions()
    options.authorization = .init(credentials: .file(token.path))
    let connection = KubernetesConnection(server: server.url, options: options)
    #expect(await observe(connection)?.problem == "Unauthorized: who are you")
    try Data("new-good\n".utf8).write(to: token)
    #expect(await observe(connection)?.ready == 4)
  }

  @Test("relative paths of a kubeconfig begin at its folder")
  func paths() throws {
    let json = #"""
      {"current-context":"x","clusters":[{"name":"c","cluster":{"server":"https://k","certificate-authority":"ca.pem"}}],
       "contexts":[{"name":"x","context":{"cluster":"c","user":"u"}}],
       "users":[{"name":"u","user":{"client-certificate":"a/cert.pem","client-key":"/abs/key.pem"}}]}
      """#
    let config = try JSONDecoder().decode(Kubeconfig.self, from: Data(json.utf8))
    let tls = try KubernetesConnection(config, folder: "/home/me/.kube").options.tls
    #expect(tls.caFile == "/home/me/.kube/ca.pem")
    #expect(tls.certFile == "/home/me/.kube/a/cert.pem")
    #expect(tls.keyFile == "/abs/key.pem")
  }
}
