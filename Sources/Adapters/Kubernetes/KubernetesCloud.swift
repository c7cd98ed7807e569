public import Domain
import Synchronization

/// Deployments and StatefulSets of a Kubernetes cluster.
///
/// A floor is the `minReplicas` of the HorizontalPodAutoscaler that owns the workload, or the
/// `minReplicaCount` of the KEDA ScaledObject that owns that; without an owner a floor is refused. A
/// size is the workload's `scale` subresource; with an owner it is refused, because the owner would
/// write it back. Before each write the object is read again; a floor is written only onto the version
/// that was read and carries the fencing token, so that an older leader cannot undo a newer one.
///
/// Needs in each namespace `list` on deployments, statefulsets and horizontalpodautoscalers, and for
/// the commanded objects `get` and `patch` on `deployments/scale`, `statefulsets/scale`,
/// horizontalpodautoscalers and `scaledobjects.keda.sh`, as far as they are used.
public final class KubernetesCloud: CloudAdapter {
  /// A workload.
  public struct Target: Sendable, Hashable {
    public enum Kind: String, Sendable, CaseIterable {
      case deployment = "Deployment"
      case statefulSet = "StatefulSet"

      var plural: String { rawValue.lowercased() + "s" }
    }

    public var kind: Kind
    public var namespace: String
    public var name: String

    public init(kind: Kind, namespace: String, name: String) {
      self.kind = kind
      self.namespace = namespace
      self.name = name
    }

    var path: String { "/apis/apps/v1/namespaces/\(namespace)/\(kind.plural)/\(name)" }
  }

  public let capabilities = CloudCapabilities(
    commands: [.floor, .desired], holdsPlans: false, hasWarmPool: false)

  private let targets: [ServiceID: Target]
  let api: KubernetesAPI
  private let now: @Sendable () -> Timestamp
  private let state = Mutex(State())

  private struct State {
    /// The autoscaler that owns each workload, as last listed.
    var owners: [Target: Kubernetes.Autoscaler] = [:]
    /// Since when replicas are missing.
    var missing: [Target: [PendingBatch]] = [:]
  }

  public init(
    _ connection: KubernetesConnection, targets: [ServiceID: Target],
    now: @escaping @Sendable () -> Timestamp
  ) {
    api = KubernetesAPI(connection)
    self.targets = targets
    self.now = now
  }

  public func observe(_ services: [ServiceID], at time: Timestamp) async -> [FleetReading] {
    let wanted = services.map { targets[$0] }
    var snapshots: [String: Result<KubernetesNamespace, CloudError>] = [:]
    for namespace in Set(wanted.compactMap { $0?.namespace }).sorted() {
      let kinds = Set(wanted.compactMap { $0 }.filter { $0.namespace == namespace }.map(\.kind))
      do throws(CloudError) {
        snapshots[namespace] = .success(
          try await KubernetesNamespace(namespace, kinds: kinds, api: api))
      } catch {
        snapshots[namespace] = .failure(error)
      }
    }
    return zip(services, wanted).map { service, target in
      guard let target else { return FleetReading(problem: "\(service) has no workload") }
      switch snapshots[target.namespace] {
      case .success(let namespace): return reading(of: target, in: namespace, at: time)
      case .failure(let error): return FleetReading(problem: error.sentence)
      case nil: return FleetReading()
      }
    }
  }

  public func apply(_ command: ScaleCommand) async throws(CloudError) -> ScaleOutcome {
    try await apply(command, isDryRun: false)
  }

  /// What `apply` would answer; the server checks everything and changes nothing.
  public func rehearse(_ command: ScaleCommand) async throws(CloudError) -> ScaleOutcome {
    try await apply(command, isDryRun: true)
  }

  private func apply(
    _ command: ScaleCommand, isDryRun: Bool
  ) async throws(CloudError) -> ScaleOutcome {
    guard let target = targets[command.service] else {
      throw .notFound("\(command.service) has no workload")
    }
    let left = command.validUntil.since(now())
    guard left > .zero else { return .notSent("the command was valid until \(command.validUntil)") }
    let owner = try await owner(of: target)
    let deadline = min(left, KubernetesAPI.timeLimit)
    switch (command.kind, owner) {
    case (.warmPool, _): return .refused("Kubernetes has no warm pool")
    case (.floor, nil):
      return .refused(
        "no HorizontalPodAutoscaler scales \(target.kind.rawValue) \(target.name); "
          + "a floor needs one, or use the mode desired")
    case (.floor, let owner?):
      return try await setFloor(command, owner, in: target.namespace, deadline, isDryRun)
    case (.desired, let owner?):
      return .refused(
        "the HorizontalPodAutoscaler \(owner.metadata.name ?? "?") scales "
          + "\(target.kind.rawValue) \(target.name) and would write the size back; use the mode floor"
      )
    case (.desired, nil):
      let scale = try await api.get("\(target.path)/scale", as: Kubernetes.Scale.self)
      guard scale.spec.replicas != command.replicas else { return .unchanged }
      let change = ["spec": ["replicas": command.replicas]]
      let result = try await api.patch(
        "\(target.path)/scale", change, as: Kubernetes.Scale.self, deadline: deadline,
        isDryRun: isDryRun)
      return .accepted(replicas: result.spec.replicas ?? command.replicas)
    }
  }

  private func setFloor(
    _ command: ScaleCommand, _ owner: Kubernetes.Autoscaler, in namespace: String,
    _ deadline: Duration, _ isDryRun: Bool
  ) async throws(CloudError) -> ScaleOutcome {
    if let name = owner.scaledObject {
      let path = "/apis/keda.sh/v1alpha1/namespaces/\(namespace)/scaledobjects/\(name)"
      let object = try await api.get(path, as: Kubernetes.ScaledObject.self)
      let size = min(command.replicas, object.ceiling)
      let write = FloorWrite(
        command, metadata: object.metadata, field: "minReplicaCount", from: object.floor, to: size)
      return try await write.run(api, path, as: Kubernetes.ScaledObject.self, deadline, isDryRun)
    }
    let path = KubernetesNamespace.autoscalers(namespace) + "/" + (owner.metadata.name ?? "")
    let object = try await api.get(path, as: Kubernetes.Autoscaler.self)
    // The API server refuses 0 unless a feature gate is on.
    let size = max(1, min(command.replicas, object.spec.maxReplicas))
    let write = FloorWrite(
      command, metadata: object.metadata, field: "minReplicas", from: object.floor, to: size)
    return try await write.run(api, path, as: Kubernetes.Autoscaler.self, deadline, isDryRun)
  }

  /// From the last observation; a workload that was not in one is looked up.
  private func owner(of target: Target) async throws(CloudError) -> Kubernetes.Autoscaler? {
    if let known = state.withLock({ $0.owners[target] }) { return known }
    let listed = try await api.list(
      KubernetesNamespace.autoscalers(target.namespace), of: Kubernetes.Autoscaler.self)
    return listed.first { KubernetesNamespace.owns($0, target) }
  }

  private func reading(
    of target: Target, in namespace: KubernetesNamespace, at time: Timestamp
  ) -> FleetReading {
    guard let workload = namespace.workload(target) else {
      return FleetReading(problem: "there is no \(target.kind.rawValue) \(target.name)")
    }
    // Kubernetes leaves zeros out of a status, and 1 is the default of the specification.
    let ready = workload.status?.readyReplicas ?? 0
    let missing = max(0, (workload.spec.replicas ?? 1) - ready)
    let owner = namespace.owner(of: target)
    let pending = state.withLock { state in
      state.owners[target] = owner
      let batches = PendingBatch.tracking(
        missing, known: state.missing[target] ?? [], at: time)
      state.missing[target] = batches
      return batches
    }
    return FleetReading(
      ready: ready, pending: pending, min: owner?.floor, max: owner?.spec.maxReplicas)
  }
}

extension PendingBatch {
  /// Batches for a platform that tells only how many are missing: what is missing longer is what was
  /// known before, growth is a new batch, and what arrived is taken from the oldest.
  static func tracking(_ count: Int, known: [PendingBatch], at time: Timestamp) -> [PendingBatch] {
    var batches = known
    let before = known.reduce(0) { $0 + $1.count }
    if count > before { batches.append(PendingBatch(count: count - before, since: time)) }
    var arrived = max(0, before - count)
    while arrived > 0, let first = batches.first {
      let taken = min(arrived, first.count)
      arrived -= taken
      if taken == first.count {
        batches.removeFirst()
      } else {
        batches[0].count -= taken
      }
    }
    return batches
  }
}
