import Domain

/// What one namespace held when it was listed.
struct KubernetesNamespace: Sendable {
  private var workloads: [KubernetesCloud.Target: Kubernetes.Workload] = [:]
  private let autoscalers: [Kubernetes.Autoscaler]

  init(
    _ namespace: String, kinds: Set<KubernetesCloud.Target.Kind>, api: KubernetesAPI
  ) async throws(CloudError) {
    for kind in KubernetesCloud.Target.Kind.allCases where kinds.contains(kind) {
      let listed = try await api.list(
        "/apis/apps/v1/namespaces/\(namespace)/\(kind.plural)", of: Kubernetes.Workload.self)
      for workload in listed {
        guard let name = workload.metadata.name else { continue }
        workloads[.init(kind: kind, namespace: namespace, name: name)] = workload
      }
    }
    autoscalers = try await api.list(
      Self.autoscalers(namespace), of: Kubernetes.Autoscaler.self)
  }

  func workload(_ target: KubernetesCloud.Target) -> Kubernetes.Workload? { workloads[target] }

  func owner(of target: KubernetesCloud.Target) -> Kubernetes.Autoscaler? {
    autoscalers.first { Self.owns($0, target) }
  }

  static func owns(
    _ autoscaler: Kubernetes.Autoscaler, _ target: KubernetesCloud.Target
  ) -> Bool {
    autoscaler.spec.scaleTargetRef.kind == target.kind.rawValue
      && autoscaler.spec.scaleTargetRef.name == target.name
  }

  static func autoscalers(_ namespace: String) -> String {
    "/apis/autoscaling/v2/namespaces/\(namespace)/horizontalpodautoscalers"
  }
}

/// A floor written onto the version of an object that was read, with the fencing token beside it.
struct FloorWrite {
  private struct Change: Encodable {
    struct Metadata: Encodable {
      var resourceVersion: String?
      var annotations: [String: String]
    }

    var metadata: Metadata
    var spec: [String: Int]
  }

  private let command: ScaleCommand
  private let metadata: Kubernetes.Metadata
  private let field: String
  private let from: Int
  private let to: Int

  private static let tokenKey = "scaler.dev/fencing-token"
  private static let decisionKey = "scaler.dev/decision"

  init(
    _ command: ScaleCommand, metadata: Kubernetes.Metadata, field: String, from: Int, to: Int
  ) {
    self.command = command
    self.metadata = metadata
    self.field = field
    self.from = from
    self.to = to
  }

  func run<Object: Decodable>(
    _ api: KubernetesAPI, _ path: String, as type: Object.Type, _ deadline: Duration,
    _ isDryRun: Bool
  ) async throws(CloudError) -> ScaleOutcome {
    let seen = metadata.annotations?[Self.tokenKey].flatMap { Int64($0) } ?? 0
    guard command.fencingToken >= seen else {
      return .refused("a newer leader commands \(command.service)")
    }
    guard to != from else { return .unchanged }
    let change = Change(
      metadata: .init(
        resourceVersion: metadata.resourceVersion,
        annotations: [
          Self.tokenKey: "\(command.fencingToken)", Self.decisionKey: "\(command.decision)",
        ]), spec: [field: to])
    _ = try await api.patch(path, change, as: type, deadline: deadline, isDryRun: isDryRun)
    return .accepted(replicas: to)
  }
}
