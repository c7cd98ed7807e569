import Domain

/// Floors of a `CapacityBuffer`: the floor less what the workload has already is room that the
/// cluster's autoscaler keeps free on nodes, so that the workload's own scaling finds them booted.
struct KubernetesHeadroom: Sendable {
  let api: KubernetesAPI
  let discovery: KubernetesDiscovery

  struct State: Sendable {
    var buffer: Kubernetes.CapacityBuffer
    /// What the buffer is for.
    var workload: KubernetesCloud.Target
    var scale: Kubernetes.Scale
  }

  func read(_ target: KubernetesCloud.Target) async throws(CloudError) -> State {
    let buffer = try await api.get(
      try await discovery.path(of: target), as: Kubernetes.CapacityBuffer.self)
    guard let reference = buffer.spec.scalableRef else {
      throw .malformed(
        "the CapacityBuffer \(target.name) names no workload under spec.scalableRef")
    }
    let kind = try await discovery.kind(group: reference.apiGroup ?? "", name: reference.kind)
    let workload = KubernetesCloud.Target(
      kind: kind, namespace: target.namespace, name: reference.name)
    let path = try await discovery.path(of: workload)
    return State(
      buffer: buffer, workload: workload,
      scale: try await api.get("\(path)/scale", as: Kubernetes.Scale.self))
  }

  func write(
    _ command: ScaleCommand, to target: KubernetesCloud.Target, deadline: Duration, isDryRun: Bool
  ) async throws(CloudError) -> KubernetesWrite {
    guard command.kind == .floor else {
      return KubernetesWrite(
        .refused("a CapacityBuffer keeps room on nodes and sets no size; use the mode floor"))
    }
    let state = try await read(target)
    let room = max(0, command.replicas - state.scale.size)
    let floor = FloorWrite(
      command: command, metadata: state.buffer.metadata, field: "replicas",
      from: state.buffer.spec.replicas ?? -1, to: room)
    var outcome = try await floor.run(
      api, try await discovery.path(of: target), as: Kubernetes.CapacityBuffer.self,
      deadline: deadline, isDryRun: isDryRun)
    if case .accepted = outcome { outcome = .accepted(replicas: state.scale.size + room) }
    return KubernetesWrite(
      outcome,
      of: .init(
        kind: target.kind, namespace: target.namespace, metadata: state.buffer.metadata),
      change: "room for \(room) more of \(state.workload.title)")
  }
}
