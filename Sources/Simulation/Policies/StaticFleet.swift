/// A constant size, raised by a floor where there is one.
struct StaticFleet: SimulatedPolicy {
  let interval: Int
  let replicas: Int
  var floor: (any ReplicaFloor)?

  var lookback: Int { floor?.lookback ?? 0 }

  mutating func want(_ view: ControllerView) -> Int {
    guard let raised = floor?.replicas(view) else { return replicas }
    return max(replicas, Simulation.replicas(for: raised))
  }
}
