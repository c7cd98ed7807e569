import Charts
import Control
import Domain
import Simulation

/// The report's answer in one sentence, with the sentences that qualify it.
struct Answer {
  let cast: ReportCast
  let outcomes: [PolicyOutcome]
  let objective: Objective
  let price: Price?
  let window: Duration
  let growth: GrowthAnswer?

  /// Who wins, what it costs, and against whom.
  var verdict: String {
    let runnable = outcomes.filter { !$0.kind.isLimit }
    let limit = CompactNumber.percent(objective.violation)
    guard let best = cast.best else {
      guard let closest = runnable.min(by: { $0.scorecard.violation < $1.scorecard.violation })
      else { return "Only limits ran; there is no policy to choose." }
      return "None of the \(runnable.count) policies keeps late and dropped requests within "
        + "\(limit): \(closest.name) comes closest with "
        + "\(CompactNumber.percent(closest.scorecard.violation)), for "
        + "\(Wording.cost(closest, price: price)) in \(Wording.seconds(window))"
        + against(closest) + "."
    }
    let rank =
      runnable.count == 1
      ? "\(best.name) keeps"
      : "Of \(runnable.count) policies, \(best.name) is the cheapest that keeps"
    return "\(rank) late and dropped requests within \(limit): "
      + "\(Wording.cost(best, price: price)) for \(Wording.seconds(window))" + against(best) + "."
  }

  /// `, 23 % less than hpa-70 and 9 % more than perfect knowledge would cost`
  private func against(_ outcome: PolicyOutcome) -> String {
    let card = outcome.scorecard
    var parts: [String] = []
    if let base = cast.baseline, base.name != outcome.name {
      let change = Wording.comparison(
        card.replicaSeconds, with: base.scorecard.replicaSeconds)
      let verdict =
        base.isWithinObjective
        ? "" : " (which misses it with \(CompactNumber.percent(base.scorecard.violation)))"
      parts.append((change == "the same" ? "as much as " : "\(change) than ") + base.name + verdict)
    }
    if card.oracleRatio > 0 {
      parts.append(
        "\(Wording.comparison(card.oracleRatio, with: 1)) than perfect knowledge of the future "
          + "would cost")
    }
    return parts.isEmpty ? "" : ", " + Wording.list(parts)
  }

  /// Where the best is not ours: how ours did.
  var ours: String? {
    guard let ours = cast.ours, ours.name != cast.best?.name, let best = cast.best else {
      return nil
    }
    let card = ours.scorecard
    let change = Wording.comparison(
      card.replicaSeconds, with: best.scorecard.replicaSeconds)
    let verdict =
      ours.isWithinObjective
      ? "keeps the objective too"
      : "misses the objective with \(CompactNumber.percent(card.violation))"
    let name =
      ours.kind == .hybrid
      ? "\(ours.name), what production runs," : "The best of ours, \(ours.name),"
    return "\(name) \(verdict) and costs "
      + (change == "the same" ? "the same." : "\(change).")
  }

  /// What growth costs against a bill in proportion to traffic.
  var growthSentence: String? {
    guard let growth else { return nil }
    let lead = growth.lead
    let hours = lead.today.scorecard.replicaHours
    var text =
      "At \(growth.traffic), \(lead.grown.name) costs \(Wording.cost(lead.grown, price: price)): "
      + "\(CompactNumber.text(growth.multiple))\u{202F}× its "
      + "\(Wording.cost(lead.today, price: price)) without growth, where linear extrapolation says "
      + "\(CompactNumber.text(growth.linear))\u{202F}× "
      + "(\(Wording.cost(hours * growth.linear, price: price)))"
    if let baseline = growth.baseline, let multiple = growth.multipleOfBaseline {
      text +=
        ", and \(CompactNumber.text(multiple))\u{202F}× what \(baseline.today.name) costs without "
        + "growth (\(Wording.cost(baseline.today, price: price)))"
    }
    if let bill = growth.bill, let projected = growth.projectedBill {
      text +=
        ". A bill of \(Wording.amount(bill)) today becomes \(Wording.amount(projected.lead)), where "
        + "linear extrapolation says \(Wording.amount(projected.linear))"
    }
    return text + "."
  }
}
