import Domain

/// The spans of a run in which most requests were late or dropped.
public struct WorstMoments: Sendable {
  private let limit: Int
  /// Steps without violations that end a span.
  private let patience: Int
  private var open: WorstMoment?
  private var kept: [WorstMoment] = []
  /// Rates of the last steps: what demand was before capacity could have been ordered in time.
  private var rates: [Double]
  private var position = 0

  /// - Parameters:
  ///   - limit: How many spans to keep.
  ///   - reaction: Steps from a change of demand to new capacity.
  init(limit: Int, reaction: Int) {
    self.limit = limit
    patience = max(1, reaction)
    rates = Array(repeating: .nan, count: max(1, reaction))
  }

  @inline(__always)
  mutating func add(_ record: StepRecord, violations: Double) {
    if violations > 0 {
      extend(by: record, violations: violations)
    } else if let span = open, record.step - span.last > patience {
      close()
    }
    rates[position] = record.rate
    position = position + 1 == rates.count ? 0 : position + 1
  }

  private mutating func extend(by record: StepRecord, violations: Double) {
    let earlier = rates[position].isNaN ? record.rate : rates[position]
    var span =
      open
      ?? WorstMoment(
        first: record.step, last: record.step, rateBefore: earlier, ready: record.ready,
        need: record.need)
    span.last = record.step
    span.violations += violations
    span.dropped += record.dropped
    span.peakQueue = max(span.peakQueue, record.queue)
    span.peakWait = max(span.peakWait, record.wait)
    span.peakRate = max(span.peakRate, record.rate)
    if record.need - record.ready > span.need - span.ready {
      span.need = record.need
      span.ready = record.ready
    }
    open = span
  }

  private mutating func close() {
    guard let span = open else { return }
    open = nil
    kept.append(span)
    if kept.count > 4 * limit { trim() }
  }

  private mutating func trim() {
    kept.sort {
      $0.violations != $1.violations ? $0.violations > $1.violations : $0.first < $1.first
    }
    if kept.count > limit { kept.removeLast(kept.count - limit) }
  }

  /// The worst spans, the worst first.
  mutating func finish() -> [WorstMoment] {
    close()
    trim()
    return kept
  }
}

/// A span in which requests were late or dropped.
public struct WorstMoment: Sendable, Equatable {
  /// The first and last violating steps.
  public var first: Int
  public var last: Int
  /// Late and dropped requests.
  public var violations = 0.0
  public var dropped = 0.0
  public var peakQueue = 0.0
  public var peakWait = 0.0
  /// Requests per second when capacity for the span's first step had to be ordered, and at most.
  public var rateBefore: Double
  public var peakRate = 0.0
  /// Serving and needed replicas when they were farthest apart.
  public var ready: Int
  public var need: Int
  public var cause: Cause = .shortage

  /// Why capacity was short.
  public enum Cause: Sendable, Equatable {
    /// A burst of the scenario.
    case burst(announced: Bool)
    case fault(Fault.Kind)
    /// Demand rose by more than a quarter within the time that capacity takes.
    case surge
    /// Demand was steady enough; the policy held too little.
    case shortage
  }

  init(first: Int, last: Int, rateBefore: Double, ready: Int, need: Int) {
    self.first = first
    self.last = last
    self.rateBefore = rateBefore
    self.ready = ready
    self.need = need
  }

  /// Finds the cause: a fault beats a burst, a burst beats a surge of the trace itself.
  mutating func explain(faults: FaultSchedule, bursts: [Burst], grid: StepGrid) {
    if let fault = faults.overlapping(first...last) {
      cause = .fault(fault)
      return
    }
    let burst = bursts.first { burst in
      let begin = grid.steps(burst.start)
      return begin <= last && first <= grid.steps(burst.start + burst.length)
    }
    if let burst {
      cause = .burst(announced: burst.isAnnounced)
    } else if peakRate > 1.25 * rateBefore {
      cause = .surge
    }
  }
}
