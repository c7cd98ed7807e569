/// The queue before the fleet, as a fluid: what is not served waits, what does not fit is dropped
/// from the tail.
struct FluidQueue: Sendable {
  /// Requests waiting.
  private(set) var length = 0.0
  let limit: Double

  init(limit: Double) {
    self.limit = limit
  }

  /// One step's service; returns what was served and what was dropped.
  mutating func serve(arrivals: Double, capacity: Double) -> (served: Double, dropped: Double) {
    let offered = length + arrivals
    let served = min(offered, capacity)
    length = offered - served
    guard length > limit else { return (served, 0) }
    let dropped = length - limit
    length = limit
    return (served, dropped)
  }
}
