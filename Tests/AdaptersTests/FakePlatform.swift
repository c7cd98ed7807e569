import Foundation
import Synchronization

/// One fleet behind the wire formats of several platforms: bounds 2 to 20, 4 replicas at first, new
/// ones serve at once.
final class FakePlatform: Sendable {
  struct Fleet: Sendable {
    var size = 4
    var min = 2
    var max = 20
    var version = 1
    var annotations: [String: String] = [:]
  }

  private let state = Mutex(State())

  private struct State {
    var fleet = Fleet()
    var writes = 0
    var isDown = false
  }

  var fleet: Fleet { state.withLock { $0.fleet } }
  var writes: Int { state.withLock { $0.writes } }

  func setDown(_ isDown: Bool) { state.withLock { $0.isDown = isDown } }

  private func write(_ change: (inout Fleet) -> Void) {
    state.withLock { state in
      state.writes += 1
      state.fleet.version += 1
      change(&state.fleet)
      state.fleet.size = Swift.max(state.fleet.size, state.fleet.min)
    }
  }

  /// Serves one of the wire formats.
  func server(
    _ script: @escaping @Sendable (FakePlatform, ScriptedServer.Request) -> ScriptedServer.Reply
  ) throws -> ScriptedServer {
    try ScriptedServer { request, _ in
      self.state.withLock { $0.isDown } ? .answer(503, body: "down") : script(self, request)
    }
  }

  private struct Message: Decodable {
    struct Body: Decodable {
      var operation: String
      var service: String?
      var kind: String?
      var replicas: Int?
    }

    var data: Body?
  }

  /// The JSON of `webhook` and `exec`.
  static func messages(
    _ platform: FakePlatform, _ request: ScriptedServer.Request
  ) -> ScriptedServer.Reply {
    let data = Data(request.body)
    let wrapped = (try? JSONDecoder().decode(Message.self, from: data))?.data
    guard let body = wrapped ?? (try? JSONDecoder().decode(Message.Body.self, from: data)) else {
      return .answer(400)
    }
    let fleet = platform.fleet
    if body.operation == "observe" {
      return .answer(
        200,
        body:
          #"{"services":[{"id":"web","ready":\#(fleet.size),"pending":0,"min":\#(fleet.min),"max":\#(fleet.max)}]}"#
      )
    }
    guard body.service == "web" else { return .answer(404) }
    let isFloor = body.kind == "floor"
    let size = Swift.max(isFloor ? 0 : fleet.min, Swift.min(fleet.max, body.replicas ?? 0))
    guard size != (isFloor ? fleet.min : fleet.size) else {
      return .answer(200, body: #"{"result":"unchanged"}"#)
    }
    platform.write { if isFloor { $0.min = size } else { $0.size = size } }
    return .answer(200, body: #"{"result":"accepted","replicas":\#(size)}"#)
  }

  /// EC2 Auto Scaling.
  static func autoScaling(
    _ platform: FakePlatform, _ request: ScriptedServer.Request
  ) -> ScriptedServer.Reply {
    let form = request.form
    switch form["Action"] {
    case "DescribeAutoScalingGroups":
      let fleet = platform.fleet
      let instances = (0..<fleet.size).map {
        "<member><InstanceId>i-\($0)</InstanceId><LifecycleState>InService</LifecycleState><HealthStatus>Healthy</HealthStatus></member>"
      }
      return .answer(
        200,
        body:
          "<R><DescribeAutoScalingGroupsResult><AutoScalingGroups><member><AutoScalingGroupName>web</AutoScalingGroupName><MinSize>\(fleet.min)</MinSize><MaxSize>\(fleet.max)</MaxSize><DesiredCapacity>\(fleet.size)</DesiredCapacity><Instances>\(instances.joined())</Instances></member></AutoScalingGroups></DescribeAutoScalingGroupsResult></R>"
      )
    case "UpdateAutoScalingGroup":
      platform.write { $0.min = Int(form["MinSize"] ?? "") ?? $0.min }
    case "SetDesiredCapacity":
      platform.write { $0.size = Int(form["DesiredCapacity"] ?? "") ?? $0.size }
    default: return .answer(400)
    }
    return .answer(200, body: "<R/>")
  }

  /// An API server with the Deployment `web`, owned by an HPA or by nobody.
  static func kubernetes(
    isOwned: Bool
  ) -> @Sendable (FakePlatform, ScriptedServer.Request) -> ScriptedServer.Reply {
    { platform, request in
      let fleet = platform.fleet
      let isDryRun = request.target.contains("dryRun=All")
      let metadata = Self.metadata(fleet)
      let autoscaler = Self.autoscaler(fleet)
      let scale = Self.scale(fleet)
      let apps = "/apis/apps/v1/namespaces/shop/deployments"
      let scalers = "/apis/autoscaling/v2/namespaces/shop/horizontalpodautoscalers"
      switch (request.method, request.path) {
      case ("GET", apps):
        return .answer(
          200,
          body:
            #"{"metadata":{},"items":[{\#(metadata),"spec":{"replicas":\#(fleet.size)},"status":{"readyReplicas":\#(fleet.size)}}]}"#
        )
      case ("GET", scalers):
        return .answer(200, body: #"{"metadata":{},"items":[\#(isOwned ? autoscaler : "")]}"#)
      case ("GET", scalers + "/web"): return .answer(200, body: autoscaler)
      case ("GET", apps + "/web/scale"): return .answer(200, body: scale)
      case ("PATCH", scalers + "/web"), ("PATCH", apps + "/web/scale"):
        guard let patch = try? JSONDecoder().decode(Patch.self, from: Data(request.body)),
          request.headers["content-type"] == "application/merge-patch+json"
        else { return .answer(415) }
        if let version = patch.metadata?.resourceVersion, version != "\(fleet.version)" {
          return .answer(
            409,
            body: #"{"kind":"Status","reason":"Conflict","message":"the object has been modified"}"#
          )
        }
        if !isDryRun {
          platform.write { fleet in
            fleet.min = patch.spec.minReplicas ?? fleet.min
            fleet.size = patch.spec.replicas ?? fleet.size
            fleet.annotations.merge(patch.metadata?.annotations ?? [:]) { $1 }
          }
        }
        let new = platform.fleet
        return .answer(
          200, body: request.path.hasSuffix("/scale") ? Self.scale(new) : Self.autoscaler(new))
      default:
        return .answer(
          404, body: #"{"kind":"Status","reason":"NotFound","message":"not here"}"#)
      }
    }
  }

  private static func metadata(_ fleet: Fleet) -> String {
    let annotations = fleet.annotations.map { "\"\($0.key)\":\"\($0.value)\"" }.sorted()
      .joined(separator: ",")
    return
      #""metadata":{"name":"web","resourceVersion":"\#(fleet.version)","annotations":{\#(annotations)}}"#
  }

  private static func autoscaler(_ fleet: Fleet) -> String {
    #"{\#(metadata(fleet)),"spec":{"scaleTargetRef":{"kind":"Deployment","name":"web"},"#
      + #""minReplicas":\#(fleet.min),"maxReplicas":\#(fleet.max)}}"#
  }

  private static func scale(_ fleet: Fleet) -> String {
    #"{\#(metadata(fleet)),"spec":{"replicas":\#(fleet.size)}}"#
  }

  private struct Patch: Decodable {
    struct Metadata: Decodable {
      var resourceVersion: String?
      var annotations: [String: String]?
    }

    struct Spec: Decodable {
      var replicas: Int?
      var minReplicas: Int?
    }

    var metadata: Metadata?
    var spec: Spec
  }
}
