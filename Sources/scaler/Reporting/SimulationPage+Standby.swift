import Charts
import Domain
import Simulation

// The warm pool that the surprises ask for.

extension SimulationPage {
  func writeStandby(on section: inout Markup) {
    guard let advice = material.standby else { return }
    section.element("div", ["class": "card"]) { card in
      card.element("h3", text: "A warm pool for the surprises")
      for sentence in BurstText.sentences(advice, price: material.price).prefix(1) {
        card.element("p", text: sentence.prefix(1).uppercased() + sentence.dropFirst() + ".")
      }
      let headings = [
        "Surprise", "from", "to", "longest queue", "capacity after", "with any pool", "on paper",
        "kept",
      ]
      table(&card, headings: headings) { body in
        for burst in advice.bursts {
          body.element("tr") { row in
            row.element("th", ["scope": "row"], text: burst.score.start.shortText)
            for value in [
              CompactNumber.text(burst.score.rateBefore) + " /s",
              CompactNumber.text(burst.score.peakRate) + " /s",
              CompactNumber.text(burst.score.peakQueue),
              Wording.seconds(burst.score.timeToCapacity), CompactNumber.text(burst.leastQueue),
              CompactNumber.text(burst.arithmetic.queue),
            ] {
              row.element("td", text: value)
            }
            row.element(
              "td", ["class": burst.isKept ? "good" : "bad"], text: burst.isKept ? "✓" : "✗")
          }
        }
      }
      card.element(
        "p", ["class": "quiet"],
        text: "With any pool: the longest queue with more warm replicas than could be used. On "
          + "paper: what arrives above capacity until an order serves, "
          + "\(Wording.seconds(advice.bursts.first?.arithmetic.delay ?? 0)) after the burst began.")
    }
  }
}
