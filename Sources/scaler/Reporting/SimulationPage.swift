import Charts
import Control
import Domain
import Foundation
import Simulation

/// The report of a simulation: one HTML file that needs no network and no script, the same bytes for
/// the same scenario, seed and command.
struct SimulationPage {
  let material: ReportMaterial

  var html: String {
    var page = ReportPage(title: "\(material.file.name): cost and quality of scaling policies")
    page.heading = material.file.name
    page.subtitle =
      "\(Wording.time(material.grid.start)) to "
      + "\(Wording.time(material.grid.time(at: material.grid.count))) UTC · "
      + Wording.count(material.outcomes.count, "policy", plural: "policies")
    page.content.element("div", ["class": "card answer"], content: writeAnswer)
    writeGrowth(on: &page)
    page.section("The scenario", content: writeScenario)
    page.section("The policies", content: writePolicies)
    page.section("Cost against quality", content: writeFront)
    page.section("The whole window", content: writeWindow)
    page.section(worstStretchHeading, content: writeWorstStretch)
    if !material.bursts.isEmpty { page.section("The bursts", content: writeBursts) }
    page.section("The worst moments", content: writeMoments)
    page.section("The decisions that mattered", content: writeDecisions)
    page.section("How this was computed", content: writeMethod)
    page.footer = "scaler \(Version.text), `scaler simulate`"
    // Text from outside is escaped, so the document has one end of its head.
    var style = Markup()
    style.element("style") { $0.append(ReportStyle.markup) }
    return page.html.replacingOccurrences(of: "</head>", with: style.source + "</head>")
  }

  private func writeAnswer(_ card: inout Markup) {
    let answer = material.answer
    card.element("p", ["class": "verdict"], text: answer.verdict)
    for sentence in [answer.growthSentence, answer.ours].compactMap({ $0 }) {
      card.element("p", text: sentence)
    }
  }

  /// The bills with and without growth, side by side.
  private func writeGrowth(on page: inout ReportPage) {
    guard let growth = material.growth else { return }
    let price = material.price
    func bar(_ label: String, _ hours: Double, _ ink: Ink, _ note: String = "") -> BarChart.Bar {
      BarChart.Bar(label, value: hours * (price?.perReplicaHour ?? 1), note: note, ink: ink)
    }
    let lead = growth.lead
    var bars: [BarChart.Bar] = []
    if let baseline = growth.baseline {
      bars.append(
        bar(
          "\(baseline.today.name), no growth", baseline.today.scorecard.replicaHours, .muted,
          remark(baseline.today)))
    }
    bars.append(
      bar(
        "\(lead.today.name), no growth", lead.today.scorecard.replicaHours, .ready,
        remark(lead.today)))
    bars.append(
      bar(
        "\(lead.grown.name), with growth", lead.grown.scorecard.replicaHours, .ready,
        remark(lead.grown)))
    bars.append(
      bar(
        "\(lead.grown.name), extrapolated", lead.today.scorecard.replicaHours * growth.linear,
        .muted, "linear, not simulated"))
    if let baseline = growth.baseline {
      bars.append(
        bar(
          "\(baseline.grown.name), with growth", baseline.grown.scorecard.replicaHours, .forecast,
          remark(baseline.grown)))
    }
    page.append(
      BarChart(
        identifier: "growth", title: "What \(growth.traffic) costs", bars: bars,
        valueLabel: costLabel, format: costFormat))
  }

  func remark(_ outcome: PolicyOutcome) -> String {
    outcome.isWithinObjective
      ? "" : "misses: \(CompactNumber.percent(outcome.scorecard.violation))"
  }

  var costLabel: String {
    material.price.map { "cost in \($0.currency)" } ?? "replica-hours"
  }

  var costFormat: ValueFormat {
    material.price.map { .money(currency: $0.currency) } ?? .number
  }

  /// A table that scrolls sideways where it has to.
  func table(_ markup: inout Markup, headings: [String], rows: (inout Markup) -> Void) {
    markup.element("div", ["class": "scroll", "tabindex": "0"]) { box in
      box.element("table") { table in
        table.element("thead") { head in
          head.element("tr") { row in
            for heading in headings { row.element("th", ["scope": "col"], text: heading) }
          }
        }
        table.element("tbody", content: rows)
      }
    }
  }
}
