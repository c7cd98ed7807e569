/// What a metrics system would know of a step that has ended.
struct ObservedStep: Sendable {
  var arrivals = 0.0
  var served = 0.0
  /// Requests that the ready replicas could have served.
  var capacity = 0.0
  /// Requests waiting at the end of the step.
  var queue = 0.0
}

/// The last ended steps, as many as any policy asks for: a ring, so that memory does not depend on
/// the length of a run.
struct StepHistory: Sendable {
  private var ring: [ObservedStep]
  private let mask: Int
  /// Steps that ended so far.
  private(set) var count = 0

  /// - Parameter lookback: How many of the last steps stay readable.
  init(lookback: Int) {
    var size = 16
    while size < lookback { size *= 2 }
    ring = Array(repeating: ObservedStep(), count: size)
    mask = size - 1
  }

  mutating func append(_ step: ObservedStep) {
    ring[count & mask] = step
    count += 1
  }

  /// Step `index`; only the last steps are kept.
  subscript(index: Int) -> ObservedStep {
    ring[index & mask]
  }

  /// The oldest step that is still kept.
  var oldest: Int { max(0, count - ring.count) }
}
