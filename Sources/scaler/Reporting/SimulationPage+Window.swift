import Charts
import Control
import Domain
import Simulation

// The whole window, and its worst week or day.

extension SimulationPage {
  private var lead: Playback { material.lead }

  func writeWindow(_ section: inout Markup) {
    let range = lead.whole.range(on: material.grid)
    let demand = lead.whole.rate(on: material.grid)
    var layers: [Layer] = []
    var summary =
      "Between \(CompactNumber.text(demand.extent?.lowerBound ?? .nan)) and "
      + "\(CompactNumber.text(demand.extent?.upperBound ?? .nan)) requests/s."
    if let forecast = material.dayAhead {
      layers.append(
        Layer(
          "forecast at the start of each day, P10–P90", ink: .forecast,
          .band(
            lower: forecast.lower, upper: forecast.upper, strength: .outer, stepped: false)))
      layers.append(
        Layer("its median", ink: .forecast, .line(forecast.middle, dashed: true)))
      summary +=
        " Our forecast at the start of each day held "
        + "\(CompactNumber.percent(forecast.coverage, significant: 2)) of the hours between its "
        + "P10 and P90, where 80\u{202F}% are meant to be. Decisions look only "
        + "\(Wording.seconds(Double(material.world.reactionSteps) * material.grid.dt)) ahead."
    }
    layers.append(Layer("demand", ink: .observed, .line(demand, dashed: false)))
    var chart = TimeChart(
      caption: Caption(identifier: "window-demand", title: "Demand", summary: summary),
      unit: "requests/s", range: range, offset: .utc, layers: layers)
    chart.events = material.events
    section.append(chart.figure())
    section.append(
      TimeChart.capacity(
        identifier: "window-capacity", title: "Capacity of \(lead.outcome.name) against need",
        ready: lead.whole.ready(on: material.grid), target: nil,
        need: lead.whole.need(on: material.grid), range: range, events: material.events
      ).figure())
  }

  /// The steps of the week (the day, in a window of up to a week) with most violations of the lead,
  /// or with most demand where it has none.
  var worstStretch: (steps: Range<Int>, violations: Double, arrivals: Double) {
    let day = material.grid.period(.seconds(86_400))
    let count = material.grid.count
    let length = min(count, count > 7 * day ? 7 * day : day)
    var worst = (steps: 0..<length, violations: -1.0, arrivals: -1.0)
    for first in stride(from: 0, through: count - length, by: day) {
      let steps = first..<first + length
      let sum = lead.whole.violations(in: steps)
      if (sum.late, sum.arrivals) > (worst.violations, worst.arrivals) {
        worst = (steps, sum.late, sum.arrivals)
      }
    }
    return worst
  }

  var worstStretchHeading: String {
    let worst = worstStretch
    let name = worst.steps.count > material.grid.period(.seconds(86_400)) ? "week" : "day"
    return worst.violations > 0 ? "The \(name) with most violations" : "The busiest \(name)"
  }

  func writeWorstStretch(_ section: inout Markup) {
    let worst = worstStretch
    func part(_ playback: Playback) -> NamedRecording {
      NamedRecording(
        name: playback.outcome.name, recording: playback.whole.part(worst.steps))
    }
    let pictures = StretchPictures(
      identifier: "worst", grid: material.grid,
      ratePerReplica: material.world.fleet.ratePerReplica, lead: part(lead),
      rival: material.rival.map(part), events: material.events)
    if worst.violations > 0 {
      section.element("p", text: sentence(worst))
    }
    section.append(pictures.capacity("Demand and capacity").figure())
    if let queue = pictures.queue("Queue", limit: material.world.objective.queueMax) {
      section.append(queue.figure())
    }
  }

  private func sentence(
    _ worst: (steps: Range<Int>, violations: Double, arrivals: Double)
  ) -> String {
    func share(_ playback: Playback) -> String {
      let sum = playback.whole.violations(in: worst.steps)
      return CompactNumber.percent(sum.arrivals > 0 ? sum.late / sum.arrivals : 0)
    }
    var text =
      "From \(Wording.time(material.grid.time(at: worst.steps.lowerBound))) on, "
      + "\(lead.outcome.name) served \(share(lead)) of the requests late or not at all"
    if let rival = material.rival {
      text += "; \(rival.outcome.name) \(share(rival))"
    }
    return text + "."
  }
}
