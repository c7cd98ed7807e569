/// What a policy may look at when it decides at the beginning of step `step`: measurements of steps
/// before `observed` only, its own fleet, and the calendar it was given beforehand.
///
/// Windows reach back from `observed`; at the start of a run they are shorter. Sums run from the
/// oldest step to the newest.
public struct ControllerView: Sendable {
  /// The step that is about to begin.
  public let step: Int
  /// The number of steps whose measurements have arrived; at least 1.
  public let observed: Int
  /// Seconds per step.
  public let dt: Double
  let history: StepHistory
  let fleet: Fleet
  let ratePerReplica: Double
  let queueLimit: Double
  let minimum: Int
  let maximum: Int

  /// Replicas that serve.
  public var ready: Int { fleet.ready }
  /// Replicas that boot.
  public var pending: Int { fleet.pendingCount }
  /// Serving and booting replicas.
  public var current: Int { fleet.provisioned }
  /// Replicas of the warm pool that can join now.
  public var warm: Int { fleet.pool.ready }
  /// Requests waiting at the end of the last observed step.
  public var queue: Double { history[observed - 1].queue }

  /// Requests per second over the last `window` observed steps.
  public func rate(over window: Int) -> Double {
    let first = max(0, observed - window)
    var sum = 0.0
    for index in first..<observed { sum += history[index].arrivals }
    return sum / (Double(observed - first) * dt)
  }

  /// Served requests over capacity in the last `window` observed steps; 1 where there was no
  /// capacity at all.
  public func utilization(over window: Int) -> Double {
    let first = max(0, observed - window)
    var served = 0.0
    var capacity = 0.0
    for index in first..<observed {
      served += history[index].served
      capacity += history[index].capacity
    }
    return capacity > 0 ? served / capacity : 1
  }

  /// Requests that arrived in observed step `index`, nil if it lies too far back or ahead.
  public func arrivals(at index: Int) -> Double? {
    guard index >= history.oldest, index < observed else { return nil }
    return history[index].arrivals
  }

  /// `want` within the fleet's bounds.
  func clamped(_ want: Int) -> Int {
    max(minimum, min(want, maximum))
  }
}

/// Whole replicas for a real need; a rest below one in 10⁹ is rounding, not demand.
func replicas(for need: Double) -> Int {
  let whole = (need - 1e-9).rounded(.up)
  guard whole > 0 else { return 0 }
  return whole < 1e15 ? Int(whole) : 1_000_000_000_000_000
}
