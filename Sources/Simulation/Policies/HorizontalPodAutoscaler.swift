import Domain

/// The Kubernetes HorizontalPodAutoscaler v2 with its default behaviour, on one of three metrics.
///
/// - Note: `pkg/controller/podautoscaler` of Kubernetes: tolerance 0.1, downscale stabilisation
///   300 s, growth by the larger of 100 % and 4 pods per 15 s.
struct HorizontalPodAutoscaler: SimulatedPolicy {
  enum Metric: Sendable {
    /// Resource metric, mean utilisation in whole per cent; booting pods count as idle.
    case cpu
    /// External metric, requests per second, average per replica.
    case requestRate
    /// External metric, requests queued and in flight, average per replica: KEDA's queue trigger.
    case queueLength
  }

  let metric: Metric
  let interval: Int
  /// Steps over which the metric is averaged.
  let window: Int
  /// Utilisation, or messages per replica for `queueLength`.
  let target: Double
  let tolerance: Double
  var floor: (any ReplicaFloor)?
  private var recommendations: HeldMaximum<Int>
  private var usage = 0.0

  init(
    metric: Metric, interval: Int, window: Int, target: Double, tolerance: Double,
    stabilization: Int, floor: (any ReplicaFloor)?
  ) {
    self.metric = metric
    self.interval = interval
    self.window = window
    self.target = target
    self.tolerance = tolerance
    self.floor = floor
    recommendations = HeldMaximum(window: stabilization)
  }

  var lookback: Int { max(window, floor?.lookback ?? 0) }

  mutating func want(_ view: ControllerView) -> Int {
    let current = view.current
    var desired = recommended(view)
    if let raised = floor?.replicas(view) { desired = max(desired, replicas(for: raised)) }
    desired = view.clamped(desired)
    let held = recommendations.add(desired, at: view.step)
    if desired < current { return min(current, held) }
    if desired > current { return min(desired, max(2 * current, current + 4)) }
    return current
  }

  private mutating func recommended(_ view: ControllerView) -> Int {
    switch metric {
    case .cpu:
      return recommendedByUtilization(view)
    case .requestRate:
      usage = view.rate(over: window) / view.ratePerReplica
    case .queueLength:
      let queue = view.queue
      usage =
        queue
        + (queue == 0 ? view.rate(over: window) / view.ratePerReplica : Double(view.ready))
    }
    let ratio = usage / (target * Double(view.current))
    return abs(ratio - 1) <= tolerance ? view.current : replicas(for: usage / target)
  }

  private mutating func recommendedByUtilization(_ view: ControllerView) -> Int {
    let current = view.current
    let ready = Double(view.ready)
    usage = view.utilization(over: window)
    let ratio = (usage * 100 + 1e-9).rounded(.down) / (100 * target)
    guard view.pending > 0, ratio > 1 else {
      return abs(ratio - 1) <= tolerance ? current : replicas(for: ratio * ready)
    }
    let diluted = ratio * ready / Double(current)
    if abs(diluted - 1) <= tolerance || diluted < 1 { return current }
    return max(current, replicas(for: diluted * Double(current)))
  }

  var reason: String {
    switch metric {
    case .cpu: "utilisation \(usage.shortText) for \(target.shortText)"
    case .requestRate: "load of \(usage.shortText) replicas for \(target.shortText)"
    case .queueLength: "\(usage.shortText) messages for \(target.shortText) each"
    }
  }
}
