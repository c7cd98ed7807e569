import Charts
import Control
import Domain
import Simulation

// The policies beside each other: table, front, bars.

extension SimulationPage {
  func writePolicies(_ section: inout Markup) {
    section.element("div", ["class": "card"]) { card in
      var headings = ["Policy", "Objective", "Cost"]
      if let base = material.cast.baseline { headings.append("against \(base.name)") }
      headings += [
        "over the oracle", "late or dropped", "available", "P99 wait", "longest queue",
        "size changes",
      ]
      table(&card, headings: headings) { body in
        for outcome in ranked { writeRow(outcome, on: &body) }
      }
      for sentence in ranked.compactMap(\.boundSentence) {
        card.element("p", ["class": "quiet"], text: sentence)
      }
      writeThresholds(&card)
      card.element("details", ["id": "kinds"]) { details in
        details.element("summary", text: "What the policies are")
        details.element("dl", ["class": "rows"]) { list in
          for outcome in ranked {
            list.element("dt", text: outcome.name)
            list.element("dd", text: "\(outcome.kind.rawValue): \(outcome.kind.summary)")
          }
        }
      }
    }
  }

  /// Those that keep the objective by cost, then the others by violation, then the limits.
  private var ranked: [PolicyOutcome] {
    func order(_ outcome: PolicyOutcome) -> (Int, Double) {
      if outcome.kind.isLimit { return (2, outcome.scorecard.replicaSeconds) }
      return outcome.isWithinObjective
        ? (0, outcome.scorecard.replicaSeconds) : (1, outcome.scorecard.violation)
    }
    return material.outcomes.sorted { order($0) < order($1) }
  }

  private func writeRow(_ outcome: PolicyOutcome, on body: inout Markup) {
    let card = outcome.scorecard
    let isLimit = outcome.kind.isLimit
    let style = outcome.name == material.cast.best?.name ? "lead" : isLimit ? "limit" : ""
    body.element("tr", ["class": style]) { row in
      row.element("th", ["scope": "row"], text: outcome.name)
      row.element(
        "td", ["class": outcome.isWithinObjective ? "good" : "bad"],
        text: (outcome.isWithinObjective ? "✓ kept" : "✗ missed") + (isLimit ? " (limit)" : ""))
      row.element("td", text: Wording.cost(outcome, price: material.price))
      if let base = material.cast.baseline {
        row.element(
          "td",
          text: base.name == outcome.name
            ? "–" : Wording.change(card.replicaSeconds, from: base.scorecard.replicaSeconds))
      }
      row.element("td", text: CompactNumber.text(card.oracleRatio, significant: 4) + "×")
      row.element("td", text: CompactNumber.percent(card.violation))
      row.element("td", text: Wording.availability(card.availability))
      row.element("td", text: Wording.seconds(card.p99Wait))
      row.element("td", text: CompactNumber.text(card.peakQueue))
      row.element("td", text: Wording.amount(Double(card.actions)))
    }
  }

  private func writeThresholds(_ card: inout Markup) {
    guard !material.thresholds.isEmpty else { return }
    card.element("h3", text: "Promises checked")
    table(&card, headings: ["Promise", "Value", "Verdict"]) { body in
      for threshold in material.thresholds {
        body.element("tr") { row in
          row.element("th", ["scope": "row"], text: threshold.text)
          row.element("td", text: CompactNumber.text(threshold.value, significant: 4))
          row.element(
            "td", ["class": threshold.passed ? "good" : "bad"],
            text: threshold.passed ? "✓ holds" : "✗ broken")
        }
      }
    }
  }

  func writeFront(_ section: inout Markup) {
    section.append(
      FrontChart(
        identifier: "front",
        points: material.outcomes.map { outcome in
          FrontChart.Point(
            outcome.name, cost: outcome.scorecard.oracleRatio,
            violation: outcome.scorecard.violation, ink: ink(outcome), role: role(outcome))
        },
        violationLabel: "late or dropped", objective: material.world.objective.violation
      ).figure())
    let bars = material.outcomes.filter { !$0.kind.isLimit }
      .sorted { $0.scorecard.replicaSeconds < $1.scorecard.replicaSeconds }
      .map { outcome in
        BarChart.Bar(
          outcome.name, value: outcome.scorecard.replicaHours * pricePerHour,
          note: remark(outcome), ink: outcome.isWithinObjective ? ink(outcome) : .muted)
      }
    section.append(
      BarChart(
        identifier: "cost", title: "Cost of the window", bars: bars, valueLabel: costLabel,
        format: costFormat,
        reference: Threshold(
          label: "oracle", value: material.world.oracleSeconds / 3600 * pricePerHour)
      ).figure())
  }

  private var pricePerHour: Double { material.price?.perReplicaHour ?? 1 }

  private func ink(_ outcome: PolicyOutcome) -> Ink {
    if outcome.kind.isOurs { return .ready }
    return outcome.name == material.cast.baseline?.name ? .forecast : .observed
  }

  private func role(_ outcome: PolicyOutcome) -> FrontChart.Point.Role {
    if outcome.kind.isLimit { return .reference }
    return outcome.name == material.cast.lead.name ? .emphasised : .ordinary
  }
}
