import Control
import Domain
import Simulation

/// The bursts in plain text.
enum BurstText {
  /// Each policy over the bursts of each kind: its slowest, its longest queue; nil without bursts.
  static func table(_ report: SimulationReport) -> TextTable? {
    var table = TextTable(columns: [
      .init(name: "bursts", title: "BURSTS"),
      .init(name: "policy", title: "POLICY"),
      .init(name: "kept", title: "KEPT", alignsRight: true),
      .init(name: "capacity", title: "CAPACITY AFTER", alignsRight: true),
      .init(name: "drained", title: "DRAINED AFTER", alignsRight: true),
      .init(name: "queue", title: "PEAK QUEUE", alignsRight: true),
      .init(name: "late", title: "LATE", alignsRight: true),
      .init(name: "availability", title: "AVAILABILITY", alignsRight: true),
      .init(name: "calm", title: "× CALM HPA-CPU 50 %", alignsRight: true),
    ])
    for kind in BurstKind.allCases {
      for outcome in report.outcomes {
        let scores = outcome.scorecard.bursts.filter { $0.kind == kind }
        guard !scores.isEmpty else { continue }
        let calm = scores.compactMap(\.costOverCalm).max()
        table.rows.append([
          "\(scores.count) \(kind.rawValue)", outcome.name,
          "\(scores.count(where: \.keepsObjective)) of \(scores.count)",
          seconds(scores.map(\.timeToCapacity).max()),
          seconds(scores.map(\.timeToDrain).max()),
          (scores.map(\.peakQueue).max() ?? 0).shortText,
          (scores.map(\.late).max() ?? 0).percent(3),
          (scores.map(\.availability).min() ?? 1).percent(3), calm?.threeDecimals ?? "-",
        ])
      }
    }
    return table.rows.isEmpty ? nil : table
  }

  private static func seconds(_ value: Double?) -> String { "\((value ?? 0).shortText)s" }

  /// The recommended pool, what it costs, and what no pool can do.
  static func sentences(_ advice: StandbyAdvice, price: Price?) -> [String] {
    let target =
      "a queue below \(advice.target.queue.shortText) and capacity within "
      + advice.target.timeToCapacity.shortText
    let count = advice.bursts.count
    var lines: [String] = []
    if advice.keptCount == 0 {
      lines.append(
        "warm pool: no pool of replicas that start in \(advice.boot.shortText) gives "
          + "\(advice.policy) \(target) in any of the \(count) surprises")
    } else if advice.size == 0 {
      lines.append(
        "warm pool: none is needed for \(target) in \(advice.keptCount) of \(count) surprises")
    } else {
      let drain = advice.drain.map { ", with a drain time of \($0.shortText)," } ?? ""
      lines.append(
        "warm pool: \(advice.size) replicas that start in \(advice.boot.shortText) at "
          + "\(advice.cost.percent(1)) of the price\(drain) give \(advice.policy) \(target) in "
          + "\(advice.keptCount) of \(count) surprises, for \(cost(advice, price: price))")
    }
    for burst in advice.bursts where !burst.isKept {
      lines.append(
        "  the surprise at \(burst.score.start.shortText) stays out of reach: at least "
          + "\(burst.leastQueue.shortText) wait with any pool, and there is enough capacity after "
          + "\(seconds(burst.leastTimeToCapacity)) at the earliest (waiting on paper "
          + "\(burst.arithmetic.queue.shortText): \(burst.arithmetic.text))")
    }
    return lines
  }

  private static func cost(_ advice: StandbyAdvice, price: Price?) -> String {
    let hours = advice.outcome.scorecard.replicaHours
    let before = advice.without.scorecard.replicaHours
    let share = before > 0 ? hours / before - 1 : 0
    let more = "\(share.magnitude.percent(1)) \(share < 0 ? "less" : "more") than without"
    guard let price else { return "\(hours.shortText) replica-hours, \(more)" }
    return "\((hours * price.perReplicaHour).shortText) \(price.currency), \(more)"
  }
}

extension GrowthAnswer {
  /// `at 3 times the traffic …`: cost with growth against today's, linear extrapolation, and the
  /// baseline's bill.
  func sentence(price: Price?) -> String {
    func cost(_ outcome: PolicyOutcome) -> String {
      let hours = outcome.scorecard.replicaHours
      guard let price else { return "\(hours.shortText) replica-hours" }
      return "\((hours * price.perReplicaHour).shortText) \(price.currency)"
    }
    var text =
      "growth: at \(linear.threeDecimals) times the traffic \(lead.grown.name) costs "
      + "\(cost(lead.grown)), \(multiple.threeDecimals)x what it costs without growth "
      + "(\(cost(lead.today)))"
    if let baseline, let multipleOfBaseline {
      text +=
        " and \(multipleOfBaseline.threeDecimals)x what \(baseline.today.name) costs without "
        + "growth (\(cost(baseline.today)))"
    }
    if let bill, let projected = projectedBill {
      text +=
        "; a bill of \(bill.shortText) today becomes \(projected.lead.shortText), where linear "
        + "extrapolation says \(projected.linear.shortText)"
    }
    return text
  }
}
