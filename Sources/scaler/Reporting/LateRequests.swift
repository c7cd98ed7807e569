import Simulation

/// Counts the requests of each step that were late or dropped, as the scorecard does: waits spread
/// evenly between that of the last request of the step before and that of the step's own last one.
struct LateRequests: Sendable {
  /// Seconds in the queue that are within the objective.
  let limit: Double
  private var before = 0.0

  init(limit: Double) {
    self.limit = limit
  }

  /// The violations of the next step; steps come in order.
  mutating func next(_ record: StepRecord) -> Double {
    let low = min(before, record.wait)
    let high = max(before, record.wait)
    before = record.wait
    let share: Double
    if high <= limit {
      share = 0
    } else if low >= limit || !high.isFinite {
      share = 1
    } else {
      share = (high - limit) / (high - low)
    }
    return record.dropped + share * (record.arrivals - record.dropped)
  }
}
