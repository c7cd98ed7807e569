import Foundation

/// A Kubernetes API server, with shapes as in Kubernetes' published API definition (v1.34) and KEDA's
/// and Karpenter's custom resource definitions.
extension PlatformWire {
  /// What is behind the name `web`.
  package enum KubernetesWorkload: Sendable {
    /// A Deployment of its own, one with an HPA, one with a KEDA ScaledObject, a custom resource, a
    /// CapacityBuffer for a Deployment.
    case free, autoscaled, keda, custom, buffered
  }

  private struct Patch: Decodable {
    struct Metadata: Decodable {
      var resourceVersion: String?
      var annotations: [String: String]?
    }

    struct Spec: Decodable {
      var replicas: Int?
      var minReplicas: Int?
      var minReplicaCount: Int?
    }

    var metadata: Metadata?
    var spec: Spec
  }

  package static func kubernetes(_ workload: KubernetesWorkload) -> PlatformWire {
    PlatformWire(
      isWrite: { $0.method == "PATCH" },
      serve: { serve($0, $1, workload) },
      refuse: { status in
        let reason =
          [
            403: "Forbidden", 409: "Conflict", 422: "Invalid", 429: "TooManyRequests",
            503: "ServiceUnavailable",
          ][status] ?? "InternalError"
        return .answer(
          status, headers: status == 429 ? ["Retry-After": "\(pause)"] : [:],
          body: #"{"kind":"Status","status":"Failure","reason":"\#(reason)","message":"no"}"#)
      })
  }

  private static let autoscalers =
    "/apis/autoscaling/v2/namespaces/shop/horizontalpodautoscalers"
  private static let scaledObject = "/apis/keda.sh/v1alpha1/namespaces/shop/scaledobjects/web"
  private static let deployments = "/apis/apps/v1/namespaces/shop/deployments"
  private static let rollouts = "/apis/argoproj.io/v1alpha1/namespaces/shop/rollouts"
  private static let buffer =
    "/apis/autoscaling.x-k8s.io/v1beta1/namespaces/shop/capacitybuffers/web"

  private static func serve(
    _ platform: FakePlatform, _ request: Request, _ workload: KubernetesWorkload
  ) -> Reply {
    let fleet = platform.shown
    let isOwned = workload == .autoscaled || workload == .keda
    let path = request.path.replacingOccurrences(of: "/statefulsets", with: "/deployments")
    let isFloor = [autoscalers + "/web", scaledObject, buffer].contains(request.path)
    switch (request.method, path) {
    case ("GET", deployments):
      return .answer(
        200,
        body:
          #"{"metadata":{},"items":[{\#(metadata(fleet)),"spec":{"replicas":\#(fleet.size)},"status":{"replicas":\#(fleet.size),"readyReplicas":\#(fleet.size),"updatedReplicas":\#(fleet.size)}}]}"#
      )
    case ("GET", autoscalers):
      let items = isOwned ? autoscaler(fleet, isKEDAs: workload == .keda) : ""
      return .answer(200, body: #"{"metadata":{},"items":[\#(items)]}"#)
    case ("GET", autoscalers + "/web"):
      return .answer(200, body: autoscaler(fleet, isKEDAs: false))
    case ("GET", scaledObject): return .answer(200, body: keda(fleet))
    case ("GET", buffer): return .answer(200, body: room(fleet))
    case ("GET", deployments + "/web/scale"), ("GET", rollouts + "/web/scale"):
      return .answer(200, body: scale(fleet))
    case ("GET", "/apis/argoproj.io/v1alpha1"):
      return .answer(
        200,
        body:
          #"{"kind":"APIResourceList","resources":[{"name":"rollouts","kind":"Rollout"},{"name":"rollouts/scale","kind":"Scale"}]}"#
      )
    case ("GET", "/api/v1/namespaces/shop/pods"):
      let pods = (0..<max(0, fleet.size)).map {
        #"{"metadata":{"name":"web-\#($0)"},"status":{"conditions":[{"type":"Ready","status":"True"}]}}"#
      }
      return .answer(200, body: #"{"metadata":{},"items":[\#(pods.joined(separator: ","))]}"#)
    case ("GET", "/apis/coordination.k8s.io/v1/namespaces/shop/leases/scaler"):
      return .answer(
        200,
        body:
          #"{"apiVersion":"coordination.k8s.io/v1","kind":"Lease","metadata":{"name":"scaler"},"spec":{"holderIdentity":"x","leaseTransitions":\#(platform.leaseToken)}}"#
      )
    case ("POST", "/apis/events.k8s.io/v1/namespaces/shop/events"):
      platform.note(request.text)
      return .answer(201, body: request.text)
    case ("PATCH", let path) where isFloor || path.hasSuffix("/web/scale"):
      return patch(platform, request)
    default:
      return .answer(404, body: #"{"kind":"Status","reason":"NotFound","message":"not here"}"#)
    }
  }

  private static func patch(_ platform: FakePlatform, _ request: Request) -> Reply {
    guard let patch = try? JSONDecoder().decode(Patch.self, from: Data(request.body)),
      request.headers["content-type"] == "application/merge-patch+json"
    else { return .answer(415) }
    if let version = patch.metadata?.resourceVersion, version != "\(platform.fleet.version)" {
      return .answer(
        409,
        body: #"{"kind":"Status","reason":"Conflict","message":"the object has been modified"}"#)
    }
    if !request.target.contains("dryRun=All") {
      platform.write { fleet in
        if request.path == buffer {
          fleet.min = fleet.size + (patch.spec.replicas ?? 0)
        } else {
          fleet.min = patch.spec.minReplicas ?? patch.spec.minReplicaCount ?? fleet.min
          fleet.size = patch.spec.replicas ?? fleet.size
        }
        fleet.annotations.merge(patch.metadata?.annotations ?? [:]) { $1 }
      }
    }
    let new = platform.fleet
    switch request.path {
    case scaledObject: return .answer(200, body: keda(new))
    case buffer: return .answer(200, body: room(new))
    case autoscalers + "/web": return .answer(200, body: autoscaler(new, isKEDAs: false))
    default: return .answer(200, body: scale(new))
    }
  }

  private static func metadata(
    _ fleet: FakePlatform.Fleet, extra: String = ""
  ) -> String {
    let annotations = fleet.annotations.map { "\"\($0.key)\":\"\($0.value)\"" }.sorted()
      .joined(separator: ",")
    return
      #""metadata":{"name":"web","namespace":"shop","uid":"u-1","resourceVersion":"\#(fleet.version)","annotations":{\#(annotations)}\#(extra)}"#
  }

  private static func autoscaler(_ fleet: FakePlatform.Fleet, isKEDAs: Bool) -> String {
    let owner =
      isKEDAs
      ? #","ownerReferences":[{"apiVersion":"keda.sh/v1alpha1","kind":"ScaledObject","name":"web","uid":"u-2"}]"#
      : ""
    return
      #"{\#(metadata(fleet, extra: owner)),"spec":{"scaleTargetRef":{"apiVersion":"apps/v1","kind":"Deployment","name":"web"},"#
      + #""minReplicas":\#(fleet.min),"maxReplicas":\#(fleet.max)}}"#
  }

  private static func keda(_ fleet: FakePlatform.Fleet) -> String {
    #"{\#(metadata(fleet)),"spec":{"minReplicaCount":\#(fleet.min),"maxReplicaCount":\#(fleet.max)}}"#
  }

  private static func room(_ fleet: FakePlatform.Fleet) -> String {
    #"{\#(metadata(fleet)),"spec":{"scalableRef":{"apiGroup":"apps","kind":"Deployment","name":"web"},"replicas":\#(max(0, fleet.min - fleet.size))}}"#
  }

  private static func scale(_ fleet: FakePlatform.Fleet) -> String {
    #"{\#(metadata(fleet)),"spec":{"replicas":\#(fleet.size)},"status":{"replicas":\#(fleet.size),"selector":"app=web"}}"#
  }
}
