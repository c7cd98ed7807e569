import Charts
import Control
import Domain
import Simulation

// The bursts by kind, and the worst of each kind in close-up.

extension SimulationPage {
  func writeBursts(_ section: inout Markup) {
    section.element("div", ["class": "card"]) { card in
      for kind in BurstKind.allCases where material.kinds.contains(kind) {
        let indices = material.kinds.indices.filter { material.kinds[$0] == kind }
        card.element(
          "h3", text: "\(kind.title): " + Wording.count(indices.count, "burst"))
        card.element("p", ["class": "quiet"], text: kind.sentence)
        writeSummary(of: indices, on: &card)
      }
      card.element("p", ["class": "quiet"], text: soonest)
    }
    writeStandby(on: &section)
    for (index, closeUp) in material.plan.closeUps.enumerated() {
      if case .burst(let burst) = closeUp.subject { write(burst, closeUp: index, on: &section) }
    }
    if material.plan.omittedBursts > 0 {
      section.element(
        "p", ["class": "quiet"],
        text: "Of each kind the \(CloseUpPlan.burstsPerKind) bursts with the longest queues are "
          + "shown; \(material.plan.omittedBursts) more are in the figures above.")
    }
  }

  /// Each policy over the bursts of one kind: its slowest, its longest queue.
  private func writeSummary(of indices: [Int], on card: inout Markup) {
    let headings = [
      "Policy", "capacity after", "drained after", "longest queue", "late", "available",
      "cost over calm", "bursts kept",
    ]
    table(&card, headings: headings) { body in
      for outcome in material.outcomes {
        let scores = indices.compactMap { index in
          index < outcome.scorecard.bursts.count ? outcome.scorecard.bursts[index] : nil
        }
        guard !scores.isEmpty else { continue }
        let kept = scores.count(where: \.keepsObjective)
        body.element("tr", ["class": rowStyle(outcome)]) { row in
          row.element("th", ["scope": "row"], text: outcome.name)
          for value in [
            Wording.seconds(scores.map(\.timeToCapacity).max() ?? 0),
            Wording.seconds(scores.map(\.timeToDrain).max() ?? 0),
            CompactNumber.text(scores.map(\.peakQueue).max() ?? 0),
            CompactNumber.percent(scores.map(\.late).max() ?? 0),
            Wording.availability(scores.map(\.availability).min() ?? 1),
            scores.compactMap(\.costOverCalm).max().map { CompactNumber.text($0) + "×" } ?? "–",
          ] {
            row.element("td", text: value)
          }
          row.element(
            "td", ["class": kept == scores.count ? "good" : "bad"],
            text: "\(kept) of \(scores.count)")
        }
      }
    }
  }

  private func rowStyle(_ outcome: PolicyOutcome) -> String {
    outcome.name == material.cast.lead.name ? "lead" : outcome.kind.isLimit ? "limit" : ""
  }

  /// What no policy can beat for a burst that it has to see first.
  private var soonest: String {
    let world = material.world
    let pool = world.fleet.warmPool
    let boot = pool.size > 0 ? pool.boot : world.fleet.boot
    return
      "The worst of the kind is shown; times count from a burst's start, and there is enough "
      + "capacity at the end of its rise at the earliest. A burst that has to be "
      + "seen first cannot be answered sooner than \(Wording.seconds(world.reaction)) after it: "
      + "metrics \(Wording.seconds(world.control.lag)) late, a decision every "
      + "\(Wording.seconds(world.control.interval)), \(Wording.seconds(boot)) to start a replica. "
      + "A burst is kept if at most 1\u{202F}% of its requests were late and at most "
      + "1\u{202F}% dropped. Cost over calm: what these hours cost, over what an HPA on "
      + "50\u{202F}% CPU costs in the same hours without the burst."
  }

  private func write(_ burst: Int, closeUp: Int, on section: inout Markup) {
    let kind = material.kinds[burst]
    let shape = material.bursts[burst]
    let start = material.grid.start + shape.start
    let pictures = closeUpPictures(closeUp, identifier: "burst-\(burst)")
    let title =
      "\(kind.title) burst to \(shape.multiplier.shortText)× at "
      + Wording.time(start)
    let sentences = [material.lead, material.rival].compactMap { playback in
      playback.flatMap { sentence(of: $0.outcome, burst: burst) }
    }
    section.element("p", text: sentences.joined(separator: " "))
    section.append(pictures.capacity(title).figure())
    if let queue = pictures.queue("Queue", limit: material.world.objective.queueMax) {
      section.append(queue.figure())
    }
  }

  private func sentence(of outcome: PolicyOutcome, burst: Int) -> String? {
    guard burst < outcome.scorecard.bursts.count else { return nil }
    let score = outcome.scorecard.bursts[burst]
    var text =
      "\(outcome.name): enough capacity \(Wording.seconds(score.timeToCapacity)) after the start, "
      + "drained after \(Wording.seconds(score.timeToDrain)), longest queue "
      + "\(CompactNumber.text(score.peakQueue)), \(CompactNumber.percent(score.late)) late"
    if score.availability < 1 {
      text += ", \(CompactNumber.percent(1 - score.availability)) dropped"
    }
    return text + "."
  }

  /// Lead and rival over the close-up at `index` of the plan.
  func closeUpPictures(_ index: Int, identifier: String) -> StretchPictures {
    func part(_ playback: Playback) -> NamedRecording {
      NamedRecording(name: playback.outcome.name, recording: playback.closeUps[index])
    }
    return StretchPictures(
      identifier: identifier, grid: material.grid,
      ratePerReplica: material.world.fleet.ratePerReplica, lead: part(material.lead),
      rival: material.rival.map(part), events: material.events,
      band: material.lead.closeUpOutlooks[index].band(on: material.grid))
  }
}
