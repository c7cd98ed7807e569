import Charts
import Control
import Domain
import Simulation

// The lead's worst moments with their reasons, and its largest decisions.

extension SimulationPage {
  func writeMoments(_ section: inout Markup) {
    let moments = material.lead.outcome.worst
    guard !moments.isEmpty else {
      section.element(
        "p",
        text:
          "\(material.lead.outcome.name) served every request in time. There is no worst moment."
      )
      return
    }
    section.element(
      "p", ["class": "quiet"],
      text: "The stretches in which \(material.lead.outcome.name) served most requests late or not "
        + "at all, the worst first.")
    for (index, moment) in moments.enumerated() {
      section.element("div", ["class": "card moment"]) { card in
        card.element("h3", text: "\(index + 1). \(heading(moment))")
        card.element("p", text: text(of: moment, in: material.lead))
        writeWitness(material.lead.witnesses[index], on: &card)
      }
      let place = material.plan.closeUps.firstIndex { $0.subject == .moment(index) }
      if let place {
        let pictures = closeUpPictures(place, identifier: "moment-\(index)")
        section.append(pictures.capacity("Demand and capacity around it").figure())
        if let queue = pictures.queue("Queue", limit: material.world.objective.queueMax) {
          section.append(queue.figure())
        }
      }
    }
    writeRivalMoment(&section)
  }

  private func text(of moment: WorstMoment, in playback: Playback) -> String {
    let total = playback.whole.buckets.reduce(0) { $0 + $1.violations }
    return MomentText(moment: moment, world: material.world, total: total).text
  }

  private func heading(_ moment: WorstMoment) -> String {
    MomentText(moment: moment, world: material.world).heading
  }

  private func writeWitness(_ witness: MomentWitness, on card: inout Markup) {
    let lines = [("In force when it began", witness.before), ("Largest answer", witness.answer)]
    guard lines.contains(where: { $0.1?.reason.isEmpty == false }) else { return }
    card.element("ul", ["class": "lines"]) { list in
      for (name, decision) in lines {
        guard let decision else { continue }
        list.element("li", text: "\(name): \(line(decision))")
      }
    }
  }

  private func line(_ decision: DecisionRecord) -> String {
    "\(Wording.time(decision.time)) \(decision.from)→\(decision.to)  \(decision.reason)"
  }

  private func writeRivalMoment(_ section: inout Markup) {
    guard let rival = material.rival, let moment = rival.outcome.worst.first else { return }
    section.element("div", ["class": "card moment"]) { card in
      card.element(
        "h3",
        text: "For comparison, the worst of \(rival.outcome.name): "
          + heading(moment))
      card.element(
        "p", text: text(of: moment, in: rival))
    }
  }

  func writeDecisions(_ section: inout Markup) {
    let decisions = material.lead.decisions
    let shown = decisions.inOrder
    guard !shown.isEmpty else {
      section.element("p", text: "\(material.lead.outcome.name) never changed its size.")
      return
    }
    section.element(
      "p", ["class": "quiet"],
      text: "The \(shown.count) largest of \(Wording.amount(Double(decisions.count))) changes of "
        + "size by \(material.lead.outcome.name), in the order of time. A reason names what the "
        + "forecast, the observed rate and the queue asked for in replicas, then each rule that "
        + "moved the target.")
    section.element("div", ["class": "card long"]) { card in
      table(&card, headings: ["Time (UTC)", "From", "To", "Change", "Reason"]) { body in
        for decision in shown {
          body.element("tr") { row in
            row.element("th", ["scope": "row"], text: Wording.time(decision.time))
            row.element("td", text: "\(decision.from)")
            row.element("td", text: "\(decision.to)")
            row.element(
              "td", text: (decision.to > decision.from ? "+" : "−") + "\(decision.change)")
            row.element(
              "td", ["class": "why"], text: decision.reason.isEmpty ? "–" : decision.reason)
          }
        }
      }
    }
  }
}
