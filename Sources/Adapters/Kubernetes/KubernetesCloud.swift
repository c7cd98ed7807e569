public import Domain
import Synchronization

/// Workloads of a Kubernetes cluster: Deployments, StatefulSets, anything with a `scale`
/// subresource, and headroom for nodes (`CapacityBuffer`).
///
/// A floor is the `minReplicas` of the HorizontalPodAutoscaler that owns the workload, or the
/// `minReplicaCount` of the KEDA ScaledObject that owns that; without an owner a floor is refused. A
/// size is the workload's `scale` subresource; with an owner it is refused, because the owner would
/// write it back. Before each write the object is read again, and the write is made onto the version
/// that was read. A floor carries the fencing token; for a size, which cannot, the Lease is read in
/// between: whoever leads later writes later, so an older leader cannot undo a newer one.
///
/// What it needs in each namespace, mode by mode, is `deploy/kubernetes/rbac.yaml`.
public final class KubernetesCloud: RehearsingCloud {
  /// An object with replicas.
  public struct Target: Sendable, Hashable {
    public var kind: KubernetesKind
    public var namespace: String
    public var name: String

    public init(kind: KubernetesKind, namespace: String, name: String) {
      self.kind = kind
      self.namespace = namespace
      self.name = name
    }

    var title: String { "\(kind) \(name)" }
  }

  /// The Lease whose holder commands.
  public struct LeaseName: Sendable, Hashable {
    public var namespace: String
    public var name: String

    public init(namespace: String, name: String) {
      self.namespace = namespace
      self.name = name
    }
  }

  public let capabilities = CloudCapabilities(
    commands: [.floor, .desired], holdsPlans: false, hasWarmPool: false)

  private let targets: [ServiceID: Target]
  let api: KubernetesAPI
  private let discovery: KubernetesDiscovery
  private let headroom: KubernetesHeadroom
  private let events: KubernetesEvents
  private let lease: LeaseName?
  private let now: @Sendable () -> Timestamp
  private let state = Mutex(State())

  private struct State {
    /// The autoscaler that owns each workload, as last listed.
    var owners: [Target: Kubernetes.Autoscaler] = [:]
    /// Since when replicas are missing.
    var missing: [Target: [PendingBatch]] = [:]
  }

  /// - Parameters:
  ///   - lease: Read before a size is written; nil where only one process ever runs.
  ///   - instance: This process's name in Events.
  ///   - limiters: Where several clouds share one API server.
  public init(
    _ connection: KubernetesConnection, targets: [ServiceID: Target], lease: LeaseName? = nil,
    instance: String = "scaler", limiters: CallLimiters = CallLimiters(),
    now: @escaping @Sendable () -> Timestamp
  ) {
    api = KubernetesAPI(
      connection, limiter: limiters.limiter(connection.server, KubernetesAPI.allowance))
    discovery = KubernetesDiscovery(api)
    headroom = KubernetesHeadroom(api: api, discovery: discovery)
    events = KubernetesEvents(api: api, instance: instance)
    self.targets = targets
    self.lease = lease
    self.now = now
  }

  public func observe(_ services: [ServiceID], at time: Timestamp) async -> [FleetReading] {
    let wanted = services.map { targets[$0] }
    var snapshots: [String: Result<KubernetesNamespace, CloudError>] = [:]
    for namespace in Set(wanted.compactMap { $0?.namespace }).sorted() {
      let kinds = Set(
        wanted.compactMap { $0 }.filter { $0.namespace == namespace && $0.kind.isListed }
          .map(\.kind))
      do throws(CloudError) {
        snapshots[namespace] = .success(
          try await KubernetesNamespace(namespace, kinds: kinds, api: api))
      } catch {
        snapshots[namespace] = .failure(error)
      }
    }
    var readings: [FleetReading] = []
    for (service, target) in zip(services, wanted) {
      guard let target else {
        readings.append(FleetReading(problem: "\(service) has no workload"))
        continue
      }
      do throws(CloudError) {
        guard let namespace = try snapshots[target.namespace]?.get() else {
          throw .unavailable("\(target.namespace) was not read", retryAfter: nil)
        }
        readings.append(try await reading(of: target, in: namespace, at: time))
      } catch {
        readings.append(FleetReading(problem: error.sentence))
      }
    }
    return readings
  }

  public func apply(_ command: ScaleCommand) async throws(CloudError) -> ScaleOutcome {
    try await apply(command, isDryRun: false)
  }

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
    let deadline = min(left, KubernetesAPI.timeLimit)
    let write = try await write(command, to: target, deadline, isDryRun)
    if case .accepted = write.outcome, !isDryRun, let subject = write.subject {
      await events.record(command, of: subject, change: write.change, at: now())
    }
    return write.outcome
  }

  private func write(
    _ command: ScaleCommand, to target: Target, _ deadline: Duration, _ isDryRun: Bool
  ) async throws(CloudError) -> KubernetesWrite {
    if target.kind == .capacityBuffer {
      return try await headroom.write(command, to: target, deadline: deadline, isDryRun: isDryRun)
    }
    let owner = try await owner(of: target)
    switch (command.kind, owner) {
    case (.warmPool, _): return KubernetesWrite(.refused("Kubernetes has no warm pool"))
    case (.floor, nil):
      return KubernetesWrite(
        .refused(
          "no HorizontalPodAutoscaler scales \(target.title); "
            + "a floor needs one, or use the mode desired"))
    case (.floor, let owner?):
      return try await writeFloor(command, owner, in: target.namespace, deadline, isDryRun)
    case (.desired, let owner?):
      return KubernetesWrite(
        .refused(
          "the \(owner.title) scales \(target.title) and would write the size back; "
            + "use the mode floor"))
    case (.desired, nil): return try await writeSize(command, to: target, deadline, isDryRun)
    }
  }

  private func writeFloor(
    _ command: ScaleCommand, _ owner: Kubernetes.Autoscaler, in namespace: String,
    _ deadline: Duration, _ isDryRun: Bool
  ) async throws(CloudError) -> KubernetesWrite {
    if let name = owner.scaledObject {
      let path = "/apis/keda.sh/v1alpha1/namespaces/\(namespace)/scaledobjects/\(name)"
      let object = try await api.get(path, as: Kubernetes.ScaledObject.self)
      let floor = FloorWrite(
        command: command, metadata: object.metadata, field: "minReplicaCount", from: object.floor,
        to: max(0, min(command.replicas, object.ceiling)))
      let outcome = try await floor.run(
        api, path, as: Kubernetes.ScaledObject.self, deadline: deadline, isDryRun: isDryRun)
      return KubernetesWrite(
        outcome,
        of: .init(
          kind: Kubernetes.ScaledObject.kind, namespace: namespace, metadata: object.metadata),
        change: "floor \(floor.from) → \(floor.to)")
    }
    let path = KubernetesNamespace.autoscalers(namespace) + "/" + (owner.metadata.name ?? "")
    let object = try await api.get(path, as: Kubernetes.Autoscaler.self)
    // The API server refuses 0 unless a feature gate is on.
    let floor = FloorWrite(
      command: command, metadata: object.metadata, field: "minReplicas", from: object.floor,
      to: max(1, min(command.replicas, object.spec.maxReplicas)))
    let outcome = try await floor.run(
      api, path, as: Kubernetes.Autoscaler.self, deadline: deadline, isDryRun: isDryRun)
    return KubernetesWrite(
      outcome,
      of: .init(kind: Kubernetes.Autoscaler.kind, namespace: namespace, metadata: object.metadata),
      change: "floor \(floor.from) → \(floor.to)")
  }

  private func writeSize(
    _ command: ScaleCommand, to target: Target, _ deadline: Duration, _ isDryRun: Bool
  ) async throws(CloudError) -> KubernetesWrite {
    struct Change: Encodable {
      struct Metadata: Encodable {
        var resourceVersion: String?
      }

      var metadata: Metadata
      var spec: [String: Int]
    }
    let path = try await discovery.path(of: target) + "/scale"
    let scale = try await api.get(path, as: Kubernetes.Scale.self)
    let size = max(0, command.replicas)
    guard scale.size != size else { return KubernetesWrite(.unchanged) }
    if !isDryRun, let lease, try await newestToken(of: lease) > command.fencingToken {
      return KubernetesWrite(.refused("a newer leader commands \(command.service)"))
    }
    let change = Change(
      metadata: .init(resourceVersion: scale.metadata.resourceVersion), spec: ["replicas": size])
    _ = try await api.patch(
      path, change, as: Kubernetes.Scale.self,
      purpose: size > scale.size ? .growth : .shrinking, deadline: deadline, isDryRun: isDryRun)
    return KubernetesWrite(
      .accepted(replicas: size),
      of: .init(kind: target.kind, namespace: target.namespace, metadata: scale.metadata),
      change: "size \(scale.size) → \(size)")
  }

  private func newestToken(of lease: LeaseName) async throws(CloudError) -> Int64 {
    let found = try await api.get(
      "/apis/coordination.k8s.io/v1/namespaces/\(lease.namespace)/leases/\(lease.name)",
      as: Kubernetes.Lease.self)
    return found.record.transitions
  }

  /// From the last observation; a workload that was not in one is looked up.
  private func owner(of target: Target) async throws(CloudError) -> Kubernetes.Autoscaler? {
    if let known = state.withLock({ $0.owners[target] }) { return known }
    let listed = try await api.list(
      KubernetesNamespace.autoscalers(target.namespace), of: Kubernetes.Autoscaler.self)
    return listed.first { $0.scales(target) }
  }

  private func reading(
    of target: Target, in namespace: KubernetesNamespace, at time: Timestamp
  ) async throws(CloudError) -> FleetReading {
    if target.kind == .capacityBuffer { return try await headroomReading(of: target, at: time) }
    let owner = namespace.owner(of: target)
    state.withLock { $0.owners[target] = owner }
    var reading = FleetReading()
    if target.kind.isListed {
      guard let workload = namespace.workload(target) else {
        throw .notFound("there is no \(target.title)")
      }
      // Kubernetes leaves zeros out of a status, and 1 is the default of the specification.
      reading = try fleet(
        target, size: workload.spec.replicas ?? 1, ready: workload.status?.readyReplicas ?? 0,
        at: time)
      reading.isRollingOut = workload.status?.isRollingOut ?? false
      reading.version = workload.metadata.resourceVersion
    } else {
      let path = try await discovery.path(of: target)
      let scale = try await api.get("\(path)/scale", as: Kubernetes.Scale.self)
      reading = try await fleet(target, scale, at: time)
      reading.version = scale.metadata.resourceVersion
    }
    guard let owner else { return reading }
    reading.min = owner.floor
    reading.max = owner.spec.maxReplicas
    reading.owner = owner.title
    reading.version = owner.metadata.resourceVersion
    return reading
  }

  /// What the buffer's workload has; the floor in force is not shown, because it moves with it.
  private func headroomReading(
    of target: Target, at time: Timestamp
  ) async throws(CloudError) -> FleetReading {
    let state = try await headroom.read(target)
    var reading = try await fleet(state.workload, state.scale, at: time)
    reading.version = state.buffer.metadata.resourceVersion
    return reading
  }

  /// A scale subresource does not tell how many pods are ready, so they are counted.
  private func fleet(
    _ target: Target, _ scale: Kubernetes.Scale, at time: Timestamp
  ) async throws(CloudError) -> FleetReading {
    guard let selector = scale.status?.selector, !selector.isEmpty else {
      throw .malformed("the scale of \(target.title) selects no pods")
    }
    let pods = try await api.list(
      "/api/v1/namespaces/\(target.namespace)/pods", selecting: selector, of: Kubernetes.Pod.self)
    return try fleet(target, size: scale.size, ready: pods.count { $0.isReady }, at: time)
  }

  private func fleet(
    _ target: Target, size: Int, ready: Int, at time: Timestamp
  ) throws(CloudError) -> FleetReading {
    let possible = 0...1_000_000
    guard possible.contains(size), possible.contains(ready) else {
      throw .malformed("\(target.title) shows an impossible count")
    }
    let pending = state.withLock { state in
      let batches = PendingBatch.tracking(
        max(0, size - ready), known: state.missing[target] ?? [], at: time)
      state.missing[target] = batches
      return batches
    }
    return FleetReading(ready: ready, pending: pending)
  }
}

extension Kubernetes.ScaledObject {
  static let kind = KubernetesKind(apiVersion: "keda.sh/v1alpha1", name: "ScaledObject")
}
