import Charts
import Domain
import Provisioning

// What will be needed and what it will cost, as fans and as a table of months.

extension MeetingPage {
  func writeExpectation(_ section: inout Markup) {
    let days = material.days
    section.append(
      fan(
        "units", "Instance-hours per day", days.map(\.units), past: material.past.map(\.units),
        unit: "instance-hours a day",
        words: "Each point is what runs within one day. The dark band holds half of the futures, "
          + "the light one 8 of 10."))
    if material.forecast.currency != nil {
      let costs = days.compactMap(\.effectiveCost)
      section.append(
        moneyFan(costs, days: days))
    }
    writeMonths(&section)
    let measured = material.past.map(\.demand)
    section.append(
      fan(
        "demand", "The traffic behind it", days.map(\.demand), past: measured,
        unit: "requests/s, mean of the day",
        words: "What was measured, and what is expected to come. Everything above follows from it.")
    )
  }

  private func fan(
    _ identifier: String, _ title: String, _ values: [UnitQuantiles], past: [Double?],
    unit: String, words: String
  ) -> Markup {
    let bands = [
      band("8 of 10 futures", values.map(\.p10), values.map(\.p90)),
      band("5 of 10", values.map(\.p25), values.map(\.p75)),
    ]
    return chart(
      identifier, title, middle: values.map(\.p50), bands: bands, past: past, unit: unit,
      words: words, thresholds: [])
  }

  private func moneyFan(_ costs: [Provisioning.Outlook], days: [ProvisioningPeriod]) -> Markup {
    let bands = [band("8 of 10 futures", costs.map(\.p10), costs.map(\.p90))]
    let budget = material.budget.map {
      [Threshold(label: "budget a day", value: $0 * 12 / 365, alwaysInView: false)]
    }
    return chart(
      "money", "Money per day", middle: costs.map(\.p50), bands: bands, past: [],
      unit: "\(material.forecast.currency ?? "") a day",
      words: material.forecast.purchase == .onDemand
        ? "The same in money, at list price: nothing is committed to yet."
        : "The same in money, with the commitments that run already.",
      thresholds: budget ?? [])
  }

  private func chart(
    _ identifier: String, _ title: String, middle: [Double], bands: [ForecastBands.Band],
    past: [Double?], unit: String, words: String, thresholds: [Threshold]
  ) -> Markup {
    let offset = UTCOffset(
      seconds: material.run.question.calendar.zone.offset(at: material.run.request.start))
    let known = past.contains { $0 != nil }
    let measured =
      known
      ? TimedValues(
        times: zip(material.past, past).map { noon($0.0.period) }, values: past.map { $0 ?? .nan })
      : TimedValues(times: [], values: [])
    let times = material.days.map { noon($0.period) }
    let first = measured.times.first ?? times.first ?? 0
    return TimeChart.fan(
      identifier: identifier, title: title, past: measured,
      fan: ForecastBands(
        middle: TimedValues(times: times, values: middle), middleLabel: "median", bands: bands),
      range: first...max(first + 1, times.last ?? first), unit: unit,
      now: known ? Double(material.run.knownUntil.seconds) : nil, offset: offset,
      thresholds: thresholds, words: words
    ).figure()
  }

  private func band(_ label: String, _ lower: [Double], _ upper: [Double]) -> ForecastBands.Band {
    let times = material.days.map { noon($0.period) }
    return ForecastBands.Band(
      label: label, lower: TimedValues(times: times, values: lower),
      upper: TimedValues(times: times, values: upper))
  }

  /// A day's value stands in its middle.
  private func noon(_ period: Period) -> Double {
    (Double(period.start.seconds) + Double(period.end.seconds)) / 2
  }

  private func writeMonths(_ section: inout Markup) {
    section.element("div", ["class": "card"]) { card in
      card.element("h3", text: "Month by month")
      card.element("p", ["class": "quiet"], text: monthWords)
      let hasPrice = material.forecast.currency != nil
      let headings =
        ["Month", "Instance-hours", "8 of 10 futures", "Most at once"]
        + (hasPrice ? ["Cost", "8 of 10 futures"] : [])
      card.element("div", ["class": "scroll", "tabindex": "0"]) { box in
        box.append(DataTable(headings: headings, rows: material.months.map(cells)).plain)
      }
    }
  }

  private var monthWords: String {
    var text =
      "Most at once is the number of instances that is exceeded in 1 of 20 futures: what quotas "
      + "and capacity reservations must allow."
    if let budget = material.budget {
      let month = material.months.filter { !$0.period.isPartial }
        .max { ($0.effectiveCost?.mean ?? 0) < ($1.effectiveCost?.mean ?? 0) }
      if let cost = month?.effectiveCost {
        text +=
          " The budget is \(money(budget)) a month: "
          + (cost.p90 <= budget
            ? "it holds in at least 9 of 10 futures."
            : cost.mean <= budget
              ? "it holds on average, not in 9 of 10 futures." : "it does not hold on average.")
      }
    }
    return text
  }

  private func cells(_ row: ProvisioningPeriod) -> [String] {
    let zone = material.run.question.calendar.zone
    let local = Timestamp(seconds: zone.localSeconds(at: row.period.start)).date
    var name = String(local.prefix(7))
    if row.period.isPartial {
      name += " (\(date(row.period.start)) to \(date(row.period.end - .seconds(1))) only)"
    }
    let units = row.units
    var cells = [
      name, amount(units.mean), "\(amount(units.p10)) – \(amount(units.p90))",
      amount(row.peakP95.rounded(.up)),
    ]
    if material.forecast.currency != nil {
      let cost = row.effectiveCost
      cells += [money(cost?.mean), "\(money(cost?.p10)) – \(money(cost?.p90))"]
    }
    return cells
  }
}
