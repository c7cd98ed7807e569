import Simulation

/// The decisions of a run that moved the fleet most.
struct LargestDecisions: Sendable {
  private let limit: Int
  private var kept: [DecisionRecord] = []
  /// Decisions seen.
  private(set) var count = 0

  init(limit: Int) {
    self.limit = limit
  }

  /// - Complexity: O(1) on average; at most twice the limit is kept.
  mutating func add(_ decision: DecisionRecord) {
    count += 1
    kept.append(decision)
    if kept.count >= 2 * max(1, limit) { trim() }
  }

  /// In the order of time; of equally large ones the first.
  var inOrder: [DecisionRecord] {
    var copy = self
    copy.trim()
    return copy.kept.sorted { $0.step < $1.step }
  }

  private mutating func trim() {
    kept.sort { ($1.change, $0.step) < ($0.change, $1.step) }
    if kept.count > limit { kept.removeLast(kept.count - limit) }
  }
}

extension DecisionRecord {
  /// Replicas more or fewer.
  var change: Int { abs(to - from) }
}

/// What a policy decided around one of its worst moments.
struct MomentWitness: Sendable {
  let steps: ClosedRange<Int>
  /// The decision in force when it began.
  private(set) var before: DecisionRecord?
  /// The largest growth ordered within it.
  private(set) var answer: DecisionRecord?

  init(_ moment: WorstMoment) {
    steps = moment.first...moment.last
  }

  mutating func add(_ decision: DecisionRecord) {
    if decision.step <= steps.lowerBound {
      before = decision
    } else if decision.step <= steps.upperBound, decision.to > decision.from,
      decision.to - decision.from > (answer.map { $0.to - $0.from } ?? 0)
    {
      answer = decision
    }
  }
}
