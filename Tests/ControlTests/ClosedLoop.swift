import Control
import Domain
import Testing

/// A service whose queue, boots and metrics answer to what the autoscaler commands: the smallest
/// world in which a fault has consequences. Fluid, ticks of 15 s, metrics as late as the policy says.
struct ClosedLoop {
  var autoscaler: Autoscaler
  var now: Timestamp
  var ready: Int
  var pending: [PendingBatch] = []
  var queue = 0.0
  /// Replica-seconds that were ready or on their way.
  var billed = 0.0
  /// Requests that arrived, and those that came while more than a second's work was waiting.
  var arrived = 0.0
  var late = 0.0
  var sizes: [Int] = []
  var commands: [ScaleCommand] = []
  var plans: [FloorPlan] = []
  var fitRequests: [FitRequest] = []
  /// Why the platform refuses every command, if it does.
  var refusal: String?
  private let boot: Duration

  init(_ policy: ServicePolicy, ready: Int, at start: Timestamp, boot: Duration? = nil) {
    autoscaler = Autoscaler(policy: policy)
    now = start
    self.ready = ready
    self.boot = boot ?? policy.fleet.boot
  }

  var size: Int { pending.reduce(ready) { $0 + $1.count } }

  /// What breaks on the way at a tick.
  struct Fault {
    /// Whether nothing is known of the demand.
    var isSilent = false
    /// What the metric says instead of the truth.
    var rate: Double?
    /// Whether nothing that was started becomes ready.
    var isStuck = false
  }

  /// One tick at a true demand, and its decision.
  mutating func decide(_ rate: Double, fault: Fault = Fault()) throws -> Decision {
    tick(rate, fault: fault)
    return try #require(autoscaler.lastProposal)
  }

  /// One tick at a true demand.
  mutating func tick(_ rate: Double, fault: Fault = Fault()) {
    now = now + .seconds(15)
    while !fault.isStuck, let first = pending.first, now.since(first.since) >= boot {
      ready += first.count
      pending.removeFirst()
    }
    let policy = autoscaler.policy
    let capacity = Double(ready) * policy.fleet.ratePerReplica
    let late = queue > capacity
    queue = max(0, queue + (rate - capacity) * 15)
    arrived += rate * 15
    if late { self.late += rate * 15 }
    var seen = Observation(time: now, queue: queue, ready: ready, pending: pending)
    seen.rate = fault.rate ?? rate
    if fault.isSilent { (seen.rate, seen.queue) = (nil, nil) }
    for effect in autoscaler.handle(.observed(seen)) { perform(effect) }
    sizes.append(size)
    billed += Double(size) * 15
  }

  private mutating func perform(_ effect: Effect) {
    switch effect {
    case .record: return
    case .plan(let plan): plans.append(plan)
    case .fit(let request): fitRequests.append(request)
    case .scale(let command):
      commands.append(command)
      if let refusal {
        _ = autoscaler.handle(.scaled(command.decision, .refused(refusal), at: now))
        return
      }
      if command.kind == .desired { resize(to: command.replicas) }
      _ = autoscaler.handle(
        .scaled(command.decision, .accepted(replicas: command.replicas), at: now))
    }
  }

  mutating func resize(to target: Int) {
    if target > size {
      pending.append(PendingBatch(count: target - size, since: now))
      return
    }
    while target < size, let last = pending.popLast() {
      let kept = last.count - (size + last.count - target)
      if kept > 0 { pending.append(PendingBatch(count: kept, since: last.since)) }
    }
    if target < ready { ready = target }
  }
}

/// How often a size turned: fell by a quarter (and two replicas) from its height after it had risen as
/// far, or the other way round.
func turns(of sizes: some Sequence<Int>) -> Int {
  var heights: [Int] = []
  // A zigzag of the heights and depths between which the size moved by that much.
  for size in sizes {
    guard let last = heights.last else {
      heights.append(size)
      continue
    }
    let isRising = heights.count > 1 ? last > heights[heights.count - 2] : size > last
    let isFurther = heights.count > 1 && (isRising ? size >= last : size <= last)
    let step = max(2, Int((0.25 * Double(max(size, last))).rounded(.up)))
    if isFurther {
      heights[heights.count - 1] = size
    } else if abs(size - last) >= step {
      heights.append(size)
    }
  }
  return max(0, heights.count - 2)
}

/// Rates of a service with a day and a week, noisy, at the step of its model.
func seasonalHistory(
  _ policy: ServicePolicy, days: Int, mean: Double, until end: Timestamp,
  change: (Timestamp, Double) -> Double = { $1 }
) -> TimeSeries {
  let step = DemandFitting.step(for: policy)
  let count = Int(Int64(days) * 86_400 / step.wholeSeconds)
  let start = end - step * count
  let values = (0..<count).map { index in
    let time = start + step * index
    return change(time, seasonalRate(mean: mean, at: time))
  }
  return TimeSeries(start: start, step: step, values: values)
}

/// A model of the standard service, that had to prove itself; fitted once for all tests.
enum Trained {
  /// A Monday at midnight.
  static let start = Timestamp(seconds: 1_699_833_600)

  private static let standard = Result<FittedDemand, any Error> {
    let service = try policy(max: 400, forecast: true) { $0.holdsPlans = true }
    let history = seasonalHistory(service, days: 22, mean: 2000, until: start)
    return try DemandFitting.fit(
      history, policy: service, deliveredAt: start, isFirst: true
    ).get()
  }

  static func fitted() throws -> FittedDemand { try standard.get() }
}

/// High at noon and low at midnight, by straight lines; weekends at two thirds; and noise either way,
/// the same at the same time.
func seasonalRate(mean: Double, at time: Timestamp, noise: Double = 0.05) -> Double {
  let second = Double(time.seconds % 86_400)
  let day = (time.seconds / 86_400 + 3) % 7
  let height = 1 - (second - 43_200).magnitude / 43_200
  var dice = Dice(seed: Int(time.seconds))
  let noise = Double.random(in: (1 - noise)...(1 + noise), using: &dice)
  return mean * (0.4 + 1.2 * height) * (day >= 5 ? 0.67 : 1) * noise
}
