import Simulation

/// Which of the policies that ran plays which part in the report.
struct ReportCast: Sendable {
  /// The cheapest that keeps the objective, ours or not; nil if none does.
  let best: PolicyOutcome?
  /// The best of ours: of the hybrids, which are what is deployed, or of the others where none ran,
  /// the cheapest that keeps the objective, else the one that misses it least.
  let ours: PolicyOutcome?
  /// What the others are compared with: the one asked for, else the first rival that scales, else
  /// any other rival.
  let baseline: PolicyOutcome?
  /// The one whose run the pictures show.
  let lead: PolicyOutcome

  /// Nil if nothing ran.
  init?(outcomes: [PolicyOutcome], best: PolicyOutcome?, baseline: String?) {
    guard let first = outcomes.first(where: { !$0.kind.isLimit }) ?? outcomes.first else {
      return nil
    }
    let ours =
      Self.bestOf(outcomes.filter { $0.kind == .hybrid })
      ?? Self.bestOf(outcomes.filter(\.kind.isOurs))
    let lead = ours ?? best ?? first
    self.best = best
    self.ours = ours
    self.lead = lead
    if let baseline {
      self.baseline = outcomes.first { $0.name == baseline }
    } else {
      let rivals = outcomes.filter { !$0.kind.isOurs && !$0.kind.isLimit && $0.name != lead.name }
      self.baseline = rivals.first { $0.kind != .static } ?? rivals.first
    }
  }

  /// The policy drawn beside the lead; nil where the lead is itself the baseline.
  var rival: PolicyOutcome? { baseline.flatMap { $0.name == lead.name ? nil : $0 } }

  private static func bestOf(_ outcomes: [PolicyOutcome]) -> PolicyOutcome? {
    let keeping = outcomes.filter(\.isWithinObjective)
    return keeping.min { $0.scorecard.replicaSeconds < $1.scorecard.replicaSeconds }
      ?? outcomes.min { $0.scorecard.violation < $1.scorecard.violation }
  }
}
