import Charts
import Control
import Domain
import Foundation
import Provisioning

/// The page for a meeting: what to expect, what to buy, what growth costs. One HTML file that needs
/// no network and no script; every picture says in words what it shows.
struct MeetingPage {
  let material: MeetingMaterial

  var html: String {
    var page = ReportPage(title: "What \(material.subject) will need and cost")
    page.subtitle =
      "\(span) · forecast from what was known on \(date(material.run.knownUntil))"
    page.content.element("div", ["class": "card answer"], content: writeAnswer)
    page.section("What to expect", content: writeExpectation)
    page.section("What to buy", content: writePurchase)
    if let growth = material.growth {
      page.section("What growth costs") { writeGrowth(growth, on: &$0) }
    }
    page.section("How to read this", content: writeMethod)
    page.footer = "scaler \(Version.text), `scaler export forecast --report`"
    var style = Markup()
    style.element("style") { style in
      style.append(ReportStyle.markup)
      style.append(MeetingStyle.markup)
    }
    return page.html.replacingOccurrences(of: "</head>", with: style.source + "</head>")
  }

  // MARK: - The answer

  private func writeAnswer(_ card: inout Markup) {
    card.element("p", ["class": "verdict"], text: expectation)
    card.element("p", ["class": "purchase"], text: purchase)
    if material.advice != nil, material.run.fleet.section.assumesOffers {
      card.element(
        "p",
        text: "That discount is an assumption, nobody's quote: configure the offers that you have "
          + "before you sign.")
    }
    if let growth = material.growth { card.element("p", text: growthSentence(growth)) }
  }

  private var expectation: String {
    guard let total = material.total else { return "" }
    let units = total.units
    var text =
      "\(span): \(material.subject) will run about \(amount(units.mean)) instance-hours "
      + "(8 of 10 futures: \(amount(units.p10)) to \(amount(units.p90)))"
    if let cost = total.effectiveCost {
      text +=
        " and cost \(money(cost.mean)) (\(money(cost.p10)) to \(money(cost.p90)))"
    }
    return text + "."
  }

  /// What to commit to, in one or two sentences.
  var purchase: String {
    guard material.forecast.currency != nil else {
      return "No price is configured for every service, so nothing can be said about money: set "
        + "price: { per_replica_hour: … } in the configuration."
    }
    guard let advice = material.advice else {
      return "Buy nothing ahead: no offer of up to a year saves money on this need."
    }
    let best = advice.analysis.best
    return "Buy: commit to \(promise(advice)) for \(term(advice.offer)) "
      + "(\(words(advice.offer)), \(CompactNumber.percent(advice.offer.discount)) off). "
      + "That is \(payment(advice)); it saves about "
      + "\(money(monthly(best.savings.mean))) a month (8 of 10 futures: "
      + "\(money(monthly(best.savings.p10))) to \(money(monthly(best.savings.p90)))), and "
      + loss(best.probabilityOfLoss) + "."
  }

  /// What is ordered: money an hour where that is what the offer sells, instances where not.
  private func promise(_ advice: MeetingMaterial.Offer) -> String {
    let best = advice.analysis.best
    return advice.offer.kind == .savingsPlan
      ? "\(hourly(best.hourlyCommitment)) an hour, the price of "
        + "\(instances(best.units)),"
      : instances(best.units)
  }

  /// What is paid ahead and what by the hour.
  private func payment(_ advice: MeetingMaterial.Offer) -> String {
    let hourly = advice.analysis.best.hourlyCommitment
    let share = advice.offer.upfrontShare
    let ahead = share * hourly * advice.analysis.termHours
    var parts: [String] = []
    if share > 0 { parts.append("\(money(ahead)) paid ahead") }
    if share < 1 {
      parts.append("\(self.hourly((1 - share) * hourly)) an hour, used or not")
    }
    let months = advice.analysis.breakEvenMonths.map {
      ", earned back after \(Wording.count(Int($0.rounded(.up)), "month"))"
    }
    return parts.joined(separator: " and ") + (months ?? "")
  }

  private func loss(_ share: Double) -> String {
    let paths = material.run.request.paths
    let count = Int((share * Double(paths)).rounded())
    return count == 0
      ? "loses money in none of the \(paths) futures that were drawn"
      : "loses money in \(count) of the \(paths) futures that were drawn"
  }

  func growthSentence(_ growth: GrowthSummary) -> String {
    var text =
      "At \(growth.factor.shortText)\u{202F}× the traffic a month costs \(money(growth.ours.cost)) "
      + "with scaler: \(CompactNumber.text(growth.ours.cost / growth.today.cost))\u{202F}× "
      + "today's \(money(growth.today.cost)), against \(money(growth.linear)) if cost grew with "
      + "traffic and \(money(growth.reactive.cost)) with the reactive policy."
    if growth.levers.count > 1 {
      text +=
        " With every lever below it is \(money(growth.final)), "
        + "\(CompactNumber.text(growth.final / growth.today.cost))\u{202F}× today's."
    }
    if growth.simulated < growth.services {
      text += " (The \(growth.simulated) largest of \(growth.services) services.)"
    }
    return text
  }

  // MARK: - How to read this

  private func writeMethod(_ section: inout Markup) {
    section.element("div", ["class": "card"]) { card in
      let provenance = material.forecast.provenance
      let trained = Int(provenance.trainedSpan.wholeSeconds / 86_400)
      for sentence in [
        "An instance-hour is one instance running for one hour. The forecast draws "
          + "\(provenance.paths) possible futures of the traffic from its past "
          + "(\(trained) days up to \(date(provenance.trainedTo))) and runs each through "
          + "the scaling policy, with its headroom, boot times and minimum.",
        "The middle line is the median: half of the futures lie above it. The dark band holds 5 of "
          + "10 futures, the light band 8 of 10. The range of a month is narrower than the sum of "
          + "its days' ranges, because good and bad days even out: never add ranges.",
        "The forecast continues what the past shows. It knows no launch, sale or price change that "
          + "nobody told it; state growth with --growth and surges under events.",
        priceSentence, offerSentence,
      ] where !sentence.isEmpty {
        card.element("p", text: sentence)
      }
      card.element("p", ["class": "quiet"], text: "Run \(material.run.identifier).")
    }
  }

  private var priceSentence: String {
    guard material.forecast.currency != nil else { return "" }
    let notes = material.run.members.compactMap(\.service.priceNote)
    let source = notes.compactMap(\.source).first ?? "the configuration"
    let date = notes.compactMap(\.asOf).min().map { ", as of \(self.date($0))" } ?? ""
    return "Prices are list prices per instance-hour from \(source)\(date)."
  }

  private var offerSentence: String {
    guard material.forecast.currency != nil else { return "" }
    return material.run.fleet.section.assumesOffers
      ? "The offers are assumptions, nobody's quote: put the discounts that you are given under "
        + "provisioning.offers before you sign."
      : "The offers are those of the configuration."
  }

  // MARK: - Words

  /// `1 Dec 2026 to 4 Jan 2027`.
  var span: String {
    let request = material.run.request
    return "\(date(request.start)) to \(date(request.end - .seconds(1)))"
  }

  /// The day in the zone of the periods.
  func date(_ time: Timestamp) -> String {
    let zone = material.run.question.calendar.zone
    let text = Timestamp(seconds: zone.localSeconds(at: time)).date
    let parts = text.split(separator: "-")
    guard parts.count == 3, let month = Int(parts[1]), let day = Int(parts[2]) else { return text }
    let names = [
      "January", "February", "March", "April", "May", "June", "July", "August", "September",
      "October", "November", "December",
    ]
    return "\(day) \(names[month - 1]) \(parts[0])"
  }

  func amount(_ value: Double) -> String { Wording.amount(value) }

  func money(_ value: Double?, significant: Int? = nil) -> String {
    guard let value, let currency = material.forecast.currency else { return "–" }
    let text =
      significant.map { CompactNumber.text(value, significant: $0) } ?? Wording.amount(value)
    return text + "\u{202F}" + currency
  }

  /// Money per hour, with cents where they matter.
  func hourly(_ value: Double) -> String { money(value, significant: value < 100 ? 3 : nil) }

  func instances(_ count: Double) -> String {
    let text = CompactNumber.text(count)
    return text + (text == "1" ? " instance" : " instances")
  }

  func term(_ offer: CommitmentOffer) -> String {
    offer.termMonths % 12 == 0
      ? Wording.count(offer.termMonths / 12, "year") : Wording.count(offer.termMonths, "month")
  }

  /// `Savings Plan, no upfront`.
  func words(_ offer: CommitmentOffer) -> String {
    "\(offer.kind.rawValue), \(offer.payment.rawValue.lowercased())"
  }

  /// A sum over the span as one over 30 days.
  func monthly(_ value: Double) -> Double {
    value / Double(max(1, material.run.request.hours)) * 720
  }
}
