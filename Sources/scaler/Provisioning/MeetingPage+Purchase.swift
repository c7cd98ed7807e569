import Charts
import Domain
import Provisioning

// What to commit to: the duration curve with the line, and the offers beside each other.

extension MeetingPage {
  func writePurchase(_ section: inout Markup) {
    section.element("p", ["class": "lead-in"], text: purchase)
    let advice = material.advice
    section.append(
      DurationCurve(
        identifier: "duration", title: "How often how many instances are needed",
        values: material.durations.map(\.p50), unit: "instances",
        lower: material.durations.map(\.p10), upper: material.durations.map(\.p90),
        commitment: advice?.analysis.best.units,
        words: "The hours of the forecast, sorted from the busiest to the quietest. "
          + durationWords
      ).figure())
    if !material.offers.isEmpty { writeOffers(&section) }
  }

  private var durationWords: String {
    guard let advice = material.advice else {
      return "Where the curve is high for a small share of the time, buying ahead does not pay."
    }
    let even = CompactNumber.percent(advice.offer.breakEvenUtilization)
    return "A committed instance pays for itself if it is used in at least \(even) of the hours; "
      + "the line stands where that stops. What is above the line stays on demand."
  }

  private func writeOffers(_ section: inout Markup) {
    section.element("div", ["class": "card"]) { card in
      card.element("h3", text: "The offers beside each other")
      card.element(
        "p", ["class": "quiet"],
        text: "For each the amount that saves most on this forecast. "
          + "Used: share of the commitment that is not idle. Covered: share of all instance-hours. "
          + "Terms above a year bet that the need does not fall for so long, which a forecast of "
          + "\(span(days: material.days.count)) cannot tell.")
      card.element("div", ["class": "scroll", "tabindex": "0"]) { box in
        box.element("table") { table in
          table.element("thead") { head in
            head.element("tr") { row in
              for heading in [
                "Offer", "Off", "Commit to", "per hour", "Saves a month", "8 of 10 futures", "Used",
                "Covered", "May lose",
              ] {
                row.element("th", ["scope": "col"], text: heading)
              }
            }
          }
          table.element("tbody") { body in
            for offer in material.offers { writeRow(offer, on: &body) }
          }
        }
      }
    }
  }

  private func writeRow(_ offer: MeetingMaterial.Offer, on body: inout Markup) {
    let best = offer.analysis.best
    let isAdvice = material.advice?.offer == offer.offer
    body.element("tr", ["class": isAdvice ? "advice" : ""]) { row in
      row.element("th", ["scope": "row"], text: "\(term(offer.offer)), \(words(offer.offer))")
      for cell in [
        CompactNumber.percent(offer.offer.discount), instances(best.units),
        hourly(best.hourlyCommitment), money(monthly(best.savings.mean)),
        "\(money(monthly(best.savings.p10))) – \(money(monthly(best.savings.p90)))",
        CompactNumber.percent(best.utilization.mean), CompactNumber.percent(best.coverage.mean),
        CompactNumber.percent(best.probabilityOfLoss),
      ] {
        row.element("td", text: cell)
      }
    }
  }

  private func span(days: Int) -> String {
    days < 60 ? Wording.count(days, "day") : Wording.count(days / 30, "month")
  }
}
