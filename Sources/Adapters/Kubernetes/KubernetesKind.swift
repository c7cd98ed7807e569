import Domain

/// A kind of object with a `scale` subresource.
public struct KubernetesKind: Sendable, Hashable {
  /// Group and version, such as `apps/v1`; `v1` for the core group.
  public var apiVersion: String
  /// Such as `Deployment`.
  public var name: String

  public init(apiVersion: String, name: String) {
    self.apiVersion = apiVersion
    self.name = name
  }

  public static let deployment = KubernetesKind(apiVersion: "apps/v1", name: "Deployment")
  public static let statefulSet = KubernetesKind(apiVersion: "apps/v1", name: "StatefulSet")
  /// Headroom for nodes instead of a workload.
  public static let capacityBuffer = KubernetesKind(
    apiVersion: "autoscaling.x-k8s.io/v1beta1", name: "CapacityBuffer")

  /// `Deployment`, `StatefulSet`, `CapacityBuffer`, or version and kind of a custom resource, such as
  /// `argoproj.io/v1alpha1/Rollout`; nil for anything else.
  public init?(_ text: String) {
    let known: [KubernetesKind] = [.deployment, .statefulSet, .capacityBuffer]
    if let kind = known.first(where: { $0.name == text }) {
      self = kind
      return
    }
    let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    guard (2...3).contains(parts.count), parts.allSatisfy({ !$0.isEmpty }),
      parts.last?.first?.isUppercase == true
    else { return nil }
    self.init(apiVersion: parts.dropLast().joined(separator: "/"), name: parts[parts.count - 1])
  }

  /// Empty for the core group.
  var group: String {
    apiVersion.contains("/") ? String(apiVersion.prefix { $0 != "/" }) : ""
  }

  /// Where the server lists the resources of this group and version.
  var root: String { group.isEmpty ? "/api/\(apiVersion)" : "/apis/\(apiVersion)" }

  /// The name in paths where it is known without asking; nil for custom resources.
  var plural: String? {
    switch self {
    case .deployment, .statefulSet, .capacityBuffer: name.lowercased() + "s"
    default: nil
    }
  }

  /// Whether listing the objects tells how many replicas are ready.
  var isListed: Bool { self == .deployment || self == .statefulSet }
}

extension KubernetesKind: CustomStringConvertible {
  public var description: String { name }
}

/// Asks the server once per kind what its objects are called in paths.
actor KubernetesDiscovery {
  private let api: KubernetesAPI
  private var plurals: [KubernetesKind: String] = [:]

  init(_ api: KubernetesAPI) { self.api = api }

  /// - Throws: `notFound` if the cluster has no such kind or the kind has no `scale` subresource.
  func plural(of kind: KubernetesKind) async throws(CloudError) -> String {
    if let known = kind.plural ?? plurals[kind] { return known }
    let list = try await api.get(kind.root, as: Kubernetes.ResourceList.self)
    let main = list.resources.first { $0.kind == kind.name && !$0.name.contains("/") }
    guard let plural = main?.name else {
      throw .notFound("the cluster has no kind \(kind.apiVersion)/\(kind.name)")
    }
    guard list.resources.contains(where: { $0.name == "\(plural)/scale" }) else {
      throw .notFound("the kind \(kind.apiVersion)/\(kind.name) has no scale subresource")
    }
    plurals[kind] = plural
    return plural
  }

  /// The kind that a reference without a version means.
  func kind(group: String, name: String) async throws(CloudError) -> KubernetesKind {
    if let known = KubernetesKind(name), known.group == group { return known }
    guard !group.isEmpty else { return KubernetesKind(apiVersion: "v1", name: name) }
    let found = try await api.get("/apis/\(group)", as: Kubernetes.Group.self)
    return KubernetesKind(apiVersion: found.preferredVersion.groupVersion, name: name)
  }

  func path(of target: KubernetesCloud.Target) async throws(CloudError) -> String {
    let plural = try await plural(of: target.kind)
    return "\(target.kind.root)/namespaces/\(target.namespace)/\(plural)/\(target.name)"
  }
}
