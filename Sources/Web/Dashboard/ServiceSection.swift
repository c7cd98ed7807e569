import Charts
import Domain

/// One service: what is now, the pictures, the last decisions.
struct ServiceSection {
  let view: ServiceView
  let span: Duration
  /// Seconds.
  let spans: [Int]

  var markup: Markup {
    var markup = Markup()
    markup.element("section") { section in
      section.element("h2", text: view.status.id.name)
      section.element("p", ["class": "quiet"], text: subtitle)
      if !view.status.problems.isEmpty {
        section.element("ul", ["class": "problems"]) { list in
          for problem in view.status.problems { list.element("li", text: problem) }
        }
      }
      section.element("dl", ["class": "facts"], content: writeFacts)
      if let times = view.status.times {
        section.element("p", ["class": "quiet"], text: times.sentence)
      }
      if let forecast = view.status.forecast {
        section.element("p", ["class": "quiet"], text: forecast.sentence)
      }
      section.element("nav", ["aria-label": "Span of time"]) { nav in
        nav.element("ul", ["class": "tabs"], content: writeSpans)
      }
      section.append(view.demandPicture.figure())
      section.append(view.capacityPicture.figure())
      section.append(view.queuePicture.figure())
      section.append(decisions)
    }
    return markup
  }

  private func writeFacts(_ facts: inout Markup) {
    let status = view.status
    let seen = status.observation
    fact("Demand", number(seen?.rate), "requests/s", &facts)
    fact("Queue", number(seen?.queue), "waiting", &facts)
    let pending = seen?.pending?.reduce(0) { $0 + $1.count } ?? 0
    fact(
      "Ready", seen?.ready.map(String.init) ?? "–",
      pending > 0 ? "+\(pending) starting" : "replicas", &facts)
    fact(
      "Target", status.decision.map { String($0.target) } ?? "–",
      "of \(status.minimum) to \(status.maximum)", &facts)
    fact("Used", utilisation, "of ready", &facts)
    if let expected { fact("Expected", expected.value, expected.when, &facts) }
    if let spent = status.violationBudgetSpent {
      fact("Late budget", CompactNumber.percent(spent), "spent", &facts)
    }
  }

  /// The mode, and how old the figures are.
  private var subtitle: String {
    let mode =
      switch view.status.mode {
      case .observe: "Observes and advises"
      case .floor: "Commands the floor"
      case .desired: "Commands the size"
      }
    guard let seen = view.status.observation else { return mode + "; nothing seen yet." }
    let age = CompactNumber.duration(
      seconds: Double(max(0, view.now.seconds - seen.time.seconds)))
    return mode + "; last seen \(age) ago."
  }

  private func fact(_ name: String, _ value: String, _ unit: String, _ facts: inout Markup) {
    facts.element("div") { group in
      group.element("dt", text: name)
      group.element("dd") { cell in
        cell.text(value + " ")
        cell.element("small", text: unit)
      }
    }
  }

  private func number(_ value: Double?) -> String { CompactNumber.text(value ?? .nan) }

  private var utilisation: String {
    guard let rate = view.status.observation?.rate, let ready = view.status.observation?.ready,
      ready > 0, view.status.ratePerReplica > 0
    else { return "–" }
    return CompactNumber.percent(rate / (Double(ready) * view.status.ratePerReplica))
  }

  /// What the last decision planned for.
  private var expected: (value: String, when: String)? {
    for rule in view.status.decision?.trail ?? [] {
      if case .forecast(_, let rate, let level, let lead, _) = rule {
        return (
          CompactNumber.text(rate), "/s p\((level * 100).shortText) within \(lead.shortText)"
        )
      }
    }
    return nil
  }

  private func writeSpans(_ list: inout Markup) {
    for seconds in spans {
      let text = Duration.seconds(seconds).shortText
      let address = "/?service=\(view.status.id.name.queryEscaped)&span=\(text)"
      list.element("li") { item in
        if span == .seconds(seconds) {
          item.element("a", ["href": address, "aria-current": "true"], text: text)
        } else {
          item.element("a", ["href": address], text: text)
        }
      }
    }
  }

  private var decisions: Markup {
    var markup = Markup()
    markup.element("section", ["class": "card"]) { card in
      card.element("h3", text: "Last decisions")
      if view.decisions.isEmpty {
        card.element("p", ["class": "quiet"], text: "None yet.")
      }
      card.element("ol", ["class": "lines"]) { list in
        for decision in view.decisions { list.element("li", text: decision.description) }
      }
    }
    return markup
  }
}
