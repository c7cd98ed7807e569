import Domain

/// The reference's hybrid law on a given forecast floor: the larger of the floor and the observed
/// rate, held for a moment, plus the replicas that drain the projected backlog, held until they
/// could have worked.
struct ReferenceHybrid: SimulatedPolicy {
  let interval: Int
  /// Steps over which the observed rate is averaged, the slower and the faster of the two.
  let window: Int
  let fastWindow: Int
  /// The share of a replica's rate that observed demand may use.
  let utilization: Double
  /// Seconds in which a backlog shall be gone.
  let drain: Double
  let lag: Int
  let boot: Int
  let warmBoot: Int
  var floor: (any ReplicaFloor)?
  private var heldRate: HeldMaximum<Int>
  private var heldDrain: HeldMaximum<Double>
  private var ratePart = 0
  private var drainPart = 0.0

  init(
    interval: Int, window: Int, fastWindow: Int, utilization: Double, drain: Double, hold: Int,
    drainHold: Int, lag: Int, boot: Int, warmBoot: Int, floor: (any ReplicaFloor)?
  ) {
    self.interval = interval
    self.window = window
    self.fastWindow = fastWindow
    self.utilization = utilization
    self.drain = drain
    self.lag = lag
    self.boot = boot
    self.warmBoot = warmBoot
    self.floor = floor
    heldRate = HeldMaximum(window: hold)
    heldDrain = HeldMaximum(window: drainHold)
  }

  var lookback: Int { max(window, fastWindow, floor?.lookback ?? 0) }

  mutating func want(_ view: ControllerView) -> Int {
    let rate = max(view.rate(over: window), view.rate(over: fastWindow))
    let observed = rate / (view.ratePerReplica * utilization)
    let wanted = max(view.minimum, replicas(for: max(observed, floor?.replicas(view) ?? 0)))
    ratePart = heldRate.add(wanted, at: view.step)

    let backlog = projectedBacklog(view, rate: rate)
    drainPart = heldDrain.add(backlog / (drain * view.ratePerReplica), at: view.step)
    if view.queue == 0 && backlog == 0 && view.pending == 0 { drainPart = 0 }
    return replicas(for: Double(ratePart) + drainPart)
  }

  /// The queue at the moment when replicas ordered now could serve, if demand stays at `rate`.
  private func projectedBacklog(_ view: ControllerView, rate: Double) -> Double {
    let lead = view.warm > 0 ? warmBoot : boot
    var serving = view.fleet.ready
    var queue = view.queue
    func pass(_ steps: Int) {
      let change = (rate - Double(serving) * view.ratePerReplica) * Double(steps) * view.dt
      queue = max(0, queue + change)
    }
    pass(lag)
    var reached = view.step
    for batch in view.fleet.pending {
      guard batch.ready <= view.step + lead else { break }
      pass(batch.ready - reached)
      reached = batch.ready
      serving += batch.count
    }
    pass(view.step + lead - reached)
    return min(queue, view.queueLimit)
  }

  var reason: String {
    drainPart > 0 ? "rate \(ratePart), queue +\(drainPart.shortText)" : "rate \(ratePart)"
  }
}
