import Domain

/// Something that goes wrong for a while.
public struct Fault: Sendable, Equatable {
  public enum Kind: Sendable, Equatable {
    /// The metrics source does not answer: rivals keep their size, as their originals do; our
    /// policies see unknown measurements.
    case metricsLost
    /// Cold starts take `factor` times as long.
    case bootSlow(factor: Double)
    /// The platform starts nothing.
    case launchRefused
  }

  public var kind: Kind
  /// Counted from the start of the evaluated window.
  public var start: Duration
  public var length: Duration

  public init(kind: Kind, start: Duration, length: Duration) {
    self.kind = kind
    self.start = start
    self.length = length
  }
}

/// The faults of a run as ranges of steps.
struct FaultSchedule: Sendable {
  private let spans: [(steps: Range<Int>, kind: Fault.Kind)]

  init(_ faults: [Fault], grid: StepGrid) {
    spans = faults.map { fault in
      let first = grid.steps(fault.start)
      return (first..<max(first, grid.steps(fault.start + fault.length)), fault.kind)
    }
  }

  var count: Int { spans.count }

  func losesMetrics(at step: Int) -> Bool {
    spans.contains { $0.kind == .metricsLost && $0.steps.contains(step) }
  }

  func refusesLaunches(at step: Int) -> Bool {
    spans.contains { $0.kind == .launchRefused && $0.steps.contains(step) }
  }

  /// Steps that a cold start at `step` takes.
  func boot(_ steps: Int, at step: Int) -> Int {
    var factor = 1.0
    for span in spans where span.steps.contains(step) {
      if case .bootSlow(let slower) = span.kind { factor *= slower }
    }
    return factor == 1 ? steps : Int((Double(steps) * factor).rounded())
  }

  /// The first fault within `range`, if any.
  func overlapping(_ range: ClosedRange<Int>) -> Fault.Kind? {
    spans.first { $0.steps.overlaps(range) }?.kind
  }
}
