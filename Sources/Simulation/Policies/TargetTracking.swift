import Domain

/// Target tracking of AWS Auto Scaling: two alarms on one-minute means, three high ones in a row to
/// grow, fifteen low ones to shrink, and no shrink while started instances warm up.
struct TargetTracking: SimulatedPolicy {
  let interval: Int
  let window: Int
  let target: Double
  /// Steps after a growth in which nothing shrinks.
  let warmUp: Int
  var floor: (any ReplicaFloor)?
  private var high = 0
  private var low = 0
  private var lastGrowth: Int?
  private var utilization = 0.0

  init(
    interval: Int, window: Int, target: Double, warmUp: Int, floor: (any ReplicaFloor)?
  ) {
    self.interval = interval
    self.window = window
    self.target = target
    self.warmUp = warmUp
    self.floor = floor
  }

  var lookback: Int { max(window, floor?.lookback ?? 0) }

  mutating func want(_ view: ControllerView) -> Int {
    let tracked = track(view)
    guard let raised = floor?.replicas(view) else { return tracked }
    return max(tracked, replicas(for: raised))
  }

  private mutating func track(_ view: ControllerView) -> Int {
    let current = view.current
    let load = view.rate(over: window) / view.ratePerReplica
    utilization = load / Double(view.ready)
    high = utilization > target ? high + 1 : 0
    low = utilization < 0.9 * target ? low + 1 : 0
    let desired = replicas(for: load / target)
    if high >= 3 {
      if desired > current { lastGrowth = view.step }
      return max(current, desired)
    }
    guard low >= 15, lastGrowth.map({ view.step - $0 >= warmUp }) ?? true, desired < current else {
      return current
    }
    low = 0
    return desired
  }

  var reason: String {
    "utilisation \(utilization.shortText) for \(target.shortText), \(high) high, \(low) low"
  }
}
