import Domain

/// Knative's pod autoscaler on requests per second: a stable window, and a panic window a tenth as
/// long in which nothing shrinks once demand is twice what the ready replicas were meant for.
///
/// - Note: `pkg/autoscaler/scaling/autoscaler.go` of Knative Serving. It starts in panic at its
///   current size, as the original does after a restart.
struct KnativeAutoscaler: SimulatedPolicy {
  private static let panicThreshold = 2.0
  private static let scaleUpLimit = 1000.0
  private static let scaleDownLimit = 2.0

  let interval: Int
  let stableWindow: Int
  let panicWindow: Int
  /// Requests per second meant for one replica.
  let perReplica: Double
  var floor: (any ReplicaFloor)?
  private var panicSince: Int? = 0
  private var panicReplicas = 0
  private var stable = 0.0
  private var panic = 0.0

  init(
    interval: Int, stableWindow: Int, panicWindow: Int, perReplica: Double,
    floor: (any ReplicaFloor)?
  ) {
    self.interval = interval
    self.stableWindow = stableWindow
    self.panicWindow = panicWindow
    self.perReplica = perReplica
    self.floor = floor
  }

  var lookback: Int { max(stableWindow, panicWindow, floor?.lookback ?? 0) }

  mutating func want(_ view: ControllerView) -> Int {
    let desired = scaled(view)
    guard let raised = floor?.replicas(view) else { return desired }
    return max(desired, replicas(for: raised))
  }

  private mutating func scaled(_ view: ControllerView) -> Int {
    let ready = Double(max(1, view.ready))
    stable = view.rate(over: stableWindow) / perReplica
    panic = view.rate(over: panicWindow) / perReplica
    let lowest = Int(ready / Self.scaleDownLimit)
    let highest = Int((ready * Self.scaleUpLimit).rounded(.up))
    let wantedStable = min(max(replicas(for: stable), lowest), highest)
    let wantedPanic = min(max(replicas(for: panic), lowest), highest)
    if panicSince != nil && panicReplicas == 0 { panicReplicas = view.current }
    if Double(replicas(for: panic)) / ready >= Self.panicThreshold {
      if panicSince == nil { panicReplicas = 0 }
      panicSince = view.step
    } else if let since = panicSince, view.step - since > stableWindow {
      panicSince = nil
      panicReplicas = 0
    }
    guard panicSince != nil else { return wantedStable }
    panicReplicas = max(panicReplicas, wantedStable, wantedPanic)
    return panicReplicas
  }

  var reason: String {
    let mode = panicSince == nil ? "stable" : "panic"
    return "\(mode): \(stable.shortText) stable, \(panic.shortText) panic"
  }
}
