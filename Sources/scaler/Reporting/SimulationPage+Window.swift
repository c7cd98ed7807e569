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
    if let band = lead.outlook.band(on: material.grid), let levels = lead.outlook.levels {
      layers += StretchPictures.outlook(band)
      let named = [levels.lowerBound, levels.upperBound].map {
        CompactNumber.percent($0, significant: 4)
      }
      summary +=
        " The band is what the decisions planned for: the highest demand within the next "
        + "\(Wording.seconds(Double(material.world.reactionSteps) * material.grid.dt)), from its "
        + "median to its upper quantile, at "
        + (named[0] == named[1] ? "\(named[0])." : "\(named[0]) to \(named[1]).")
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
