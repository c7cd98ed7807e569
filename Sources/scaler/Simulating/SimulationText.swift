import Control
import Domain
import Simulation

/// A report as a table for people and as the contract's JSON.
enum SimulationText {
  static func table(_ report: SimulationReport) -> TextTable {
    var table = TextTable(columns: [
      .init(name: "policy", title: "POLICY"),
      .init(name: "kind", title: "KIND"),
      .init(name: "replica_hours", title: "REPLICA-HOURS", alignsRight: true),
      .init(name: "cost", title: "COST", alignsRight: true),
      .init(name: "oracle_ratio", title: "× ORACLE", alignsRight: true),
      .init(name: "violation", title: "VIOLATION", alignsRight: true),
      .init(name: "availability", title: "AVAILABILITY", alignsRight: true),
      .init(name: "p99_wait_seconds", title: "P99 WAIT", alignsRight: true),
      .init(name: "peak_queue", title: "PEAK QUEUE", alignsRight: true),
      .init(name: "actions", title: "ACTIONS", alignsRight: true),
      .init(name: "within_objective", title: "OBJECTIVE"),
    ])
    for outcome in report.outcomes {
      let card = outcome.scorecard
      table.rows.append([
        outcome.name, outcome.kind.rawValue, card.replicaHours.shortText,
        outcome.cost.map { "\($0.shortText) \(outcome.currency ?? "")" } ?? "-",
        card.oracleRatio.threeDecimals, card.violation.percent(3), card.availability.percent(3),
        "\(card.p99Wait.shortText)s", card.peakQueue.shortText, "\(card.actions)",
        outcome.isWithinObjective ? "kept" : "missed",
      ])
    }
    return table
  }

  /// Everything for people: the table, the bursts, the sentences, the worst moments.
  static func page(
    _ report: SimulationReport, world: SimulatedWorld, baseline: String?
  ) -> String {
    let price = world.price
    var parts = [table(report).text]
    if let bursts = BurstText.table(report) { parts.append(bursts.text) }
    var lines = report.outcomes.compactMap(\.boundSentence)
    lines += verdict(report, baseline: baseline)
    if let growth = report.growth { lines.append(growth.sentence(price: price)) }
    if let advice = report.standby { lines += BurstText.sentences(advice, price: price) }
    parts.append(lines.joined(separator: "\n"))
    if let moments = moments(report, world: world, baseline: baseline) { parts.append(moments) }
    return parts.joined(separator: "\n\n")
  }

  private static let shownMoments = 3

  /// The worst moments of the policy that the report would show, with their reasons; nil where
  /// there is none.
  private static func moments(
    _ report: SimulationReport, world: SimulatedWorld, baseline: String?
  ) -> String? {
    let cast = ReportCast(outcomes: report.outcomes, best: report.best, baseline: baseline)
    guard let lead = cast?.lead, !lead.worst.isEmpty else { return nil }
    let texts = lead.worst.prefix(shownMoments).map { MomentText(moment: $0, world: world) }
    return "the worst moments of \(lead.name):\n"
      + texts.map { "  \($0.heading): \($0.text)" }.joined(separator: "\n")
  }

  /// The same as numbers for programs, one row per policy.
  static func csv(_ report: SimulationReport) -> String {
    var table = TextTable(
      columns: (["policy", "kind"] + ScoreMetric.allCases.map(\.rawValue) + ["within_objective"])
        .map { TextTable.Column(name: $0, title: $0) })
    for outcome in report.outcomes {
      let figures = ScoreMetric.allCases.map { $0.value(in: outcome).map { "\($0)" } ?? "" }
      table.rows.append(
        [outcome.name, outcome.kind.rawValue] + figures + ["\(outcome.isWithinObjective)"])
    }
    return table.csv
  }

  /// The sentences under the table.
  static func verdict(_ report: SimulationReport, baseline: String?) -> [String] {
    var lines: [String] = []
    if let best = report.best {
      lines.append("best: \(best.name), the cheapest policy that keeps the objective")
    } else {
      lines.append("best: none of the policies keeps the objective")
    }
    if let baseline {
      for comparison in report.comparisons(to: baseline) {
        lines.append(
          "\(comparison.name) against \(baseline): cost \(comparison.costChange.signedPercent), "
            + "availability \(comparison.availabilityChange.signedPercent), "
            + "violation \(comparison.violationChange.signedPercent)")
      }
    }
    for threshold in report.thresholds {
      lines.append(
        "\(threshold.passed ? "passed" : "FAILED"): \(threshold.text) (\(threshold.value))")
    }
    return lines
  }
}

extension PolicyOutcome {
  /// What no schedule within the budget can go below, and how near this one comes to it; nil where
  /// that is not known.
  var boundSentence: String? {
    guard let bound = certifiedBound else { return nil }
    let ratio = scorecard.oracleRatio
    guard bound > 0 else { return "\(name): no bound could be certified here" }
    return "\(name): no schedule within the violation budget costs less than "
      + "\(bound.threeDecimals) × the oracle; this one costs \(ratio.threeDecimals) ×, a gap of "
      + (ratio / bound - 1).percent(2)
  }
}

extension Double {
  var threeDecimals: String {
    let thousandths = Int64((self * 1000).rounded())
    let fraction = String(thousandths.magnitude % 1000)
    let padded = String(repeating: "0", count: 3 - fraction.count) + fraction
    return (thousandths < 0 ? "-" : "") + "\(thousandths.magnitude / 1000).\(padded)"
  }

  /// A share as a percentage with up to `decimals` decimals.
  func percent(_ decimals: Int) -> String {
    (self * 100).threeDecimals.dropLast(3 - decimals) + " %"
  }

  var signedPercent: String { (self >= 0 ? "+" : "") + percent(3) }
}
