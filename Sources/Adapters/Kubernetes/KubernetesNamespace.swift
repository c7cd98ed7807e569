import Domain

/// What one namespace held when it was listed.
struct KubernetesNamespace: Sendable {
  private var workloads: [KubernetesCloud.Target: Kubernetes.Workload] = [:]
  private let autoscalers: [Kubernetes.Autoscaler]

  /// - Parameter kinds: Those whose lists tell how many replicas are ready.
  init(
    _ namespace: String, kinds: Set<KubernetesKind>, api: KubernetesAPI
  ) async throws(CloudError) {
    for kind in kinds.sorted(by: { $0.name < $1.name }) {
      guard let plural = kind.plural else { continue }
      let listed = try await api.list(
        "\(kind.root)/namespaces/\(namespace)/\(plural)", of: Kubernetes.Workload.self)
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
    autoscalers.first { $0.scales(target) }
  }

  static func autoscalers(_ namespace: String) -> String {
    "/apis/autoscaling/v2/namespaces/\(namespace)/horizontalpodautoscalers"
  }
}

extension Kubernetes.Autoscaler {
  static let kind = KubernetesKind(
    apiVersion: "autoscaling/v2", name: "HorizontalPodAutoscaler")

  /// Versions of one group name the same objects.
  func scales(_ target: KubernetesCloud.Target) -> Bool {
    let reference = spec.scaleTargetRef
    guard reference.kind == target.kind.name, reference.name == target.name else { return false }
    guard let version = reference.apiVersion else { return true }
    return KubernetesKind(apiVersion: version, name: reference.kind).group == target.kind.group
  }

  /// In words, for refusals and pages.
  var title: String {
    scaledObject.map { "ScaledObject \($0)" }
      ?? "HorizontalPodAutoscaler \(metadata.name ?? "?")"
  }
}
