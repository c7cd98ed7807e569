import Domain

/// Chooses the level of the demand quantile that the forecast part plans with.
///
/// The objective's violation share is a budget over its window. While the budget is spent slower
/// than time passes the level falls and the fleet gets cheaper; when it is spent faster the level
/// rises, and at the latest when it is gone the level is at its top.
struct RiskGovernor: Sendable, Equatable {
  private(set) var risk: ScalingPolicy.Risk
  private var objective: Objective
  private var ratePerReplica: Double
  private var interval: Duration

  /// The level in force.
  private(set) var level: Double
  /// Requests and late requests, both forgotten with the objective's window as time constant.
  private(set) var requests = 0.0
  private(set) var late = 0.0

  static let levels = 0.5...0.9995

  init(policy: ServicePolicy) {
    risk = policy.scaling.risk
    objective = policy.objective
    ratePerReplica = policy.fleet.ratePerReplica
    interval = policy.timing.interval
    level = Self.startingLevel(policy)
  }

  mutating func configure(_ policy: ServicePolicy) {
    let isChanged =
      risk != policy.scaling.risk || objective.violation != policy.objective.violation
    risk = policy.scaling.risk
    objective = policy.objective
    ratePerReplica = policy.fleet.ratePerReplica
    interval = policy.timing.interval
    if isChanged { level = Self.startingLevel(policy) }
  }

  /// Counts a tick. Live, nobody measures waits: a queue deeper than what the ready replicas serve
  /// within the objective's wait means that what arrives now will be late. Unknown counts as
  /// nothing.
  mutating func observe(rate: Double?, queue: Double?, ready: Int, at now: Timestamp) {
    guard case .auto = risk, let rate, let queue else { return }
    let seconds = interval.inSeconds
    let keep = 1 - min(1, seconds / max(seconds, objective.window.inSeconds))
    let arrivals = rate * seconds
    let isLate = queue > Double(ready) * ratePerReplica * objective.sloWait.inSeconds
    requests = keep * requests + arrivals
    late = keep * late + (isLate ? arrivals : 0)
    adapt(arrivals: arrivals)
  }

  /// The budget of a whole window at the present load, and the share of it that is spent.
  var spentShare: Double {
    requests > 0 ? late / max(requests * objective.violation, .leastNormalMagnitude) : 0
  }

  mutating func restore(level: Double, requests: Double, late: Double) {
    self.level = level
    self.requests = requests
    self.late = late
  }

  private mutating func adapt(arrivals: Double) {
    let top = Self.levels.upperBound
    let start = Self.startingLevel(violation: objective.violation)
    // Unspent: plan at the objective itself. From half the budget on, close in on the top.
    let pressure = min(1, max(0, spentShare * 2 - 1))
    level = start + (top - start) * pressure
  }

  private static func startingLevel(_ policy: ServicePolicy) -> Double {
    switch policy.scaling.risk {
    case .fixed(let share): clamped(1 - share)
    case .auto: startingLevel(violation: policy.objective.violation)
    }
  }

  private static func startingLevel(violation: Double) -> Double { clamped(1 - violation) }

  private static func clamped(_ level: Double) -> Double {
    min(max(level, levels.lowerBound), levels.upperBound)
  }
}
