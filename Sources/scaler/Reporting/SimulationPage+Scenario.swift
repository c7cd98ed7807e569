import Charts
import Control
import Domain
import Simulation

// What was simulated, and how.

extension SimulationPage {
  func writeScenario(_ section: inout Markup) {
    section.element("div", ["class": "card"]) { card in
      card.element("dl", ["class": "facts"]) { list in
        for (name, value, detail) in facts {
          list.element("div") { fact in
            fact.element("dt", text: name)
            fact.element("dd") { cell in
              cell.text(value)
              if !detail.isEmpty {
                cell.text(" ")
                cell.element("small", text: detail)
              }
            }
          }
        }
      }
    }
  }

  private var facts: [(name: String, value: String, detail: String)] {
    let world = material.world
    let fleet = world.fleet
    let objective = world.objective
    var facts: [(name: String, value: String, detail: String)] = [
      (
        "Demand", "\(CompactNumber.text(world.meanRate)) /s",
        "mean, peak \(CompactNumber.text(world.peakRate)) /s"
      ),
      (
        "Window", Wording.seconds(material.window),
        "after \(Wording.seconds(Double(world.demand.historySteps) * material.grid.dt)) of history"
      ),
      (
        "A replica", "\(CompactNumber.text(fleet.ratePerReplica)) /s",
        "ready after \(Wording.seconds(fleet.boot))"
      ),
      (
        "Decisions", "every \(Wording.seconds(world.control.interval))",
        "on metrics \(Wording.seconds(world.control.lag)) late"
      ),
      (
        "Objective", "≤ \(CompactNumber.percent(objective.violation))",
        "dropped or waiting over \(Wording.seconds(objective.sloWait))"
      ),
      (
        "Queue", "\(CompactNumber.text(objective.queueMax))",
        "acceptable, \(CompactNumber.text(fleet.queueLimit)) at most"
      ),
    ]
    if let growth = material.growth {
      let law = growth.growth
      facts.append(
        (
          "Growth", "\(law.to.shortText)×",
          law.from == law.to || law.over == .zero
            ? "over the whole window"
            : "from \(law.from.shortText)× within \(Wording.seconds(law.over))"
        ))
    }
    facts.append(("Bursts", "\(material.bursts.count)", burstDetail))
    if !material.scenario.faults.isEmpty {
      facts.append(
        (
          "Faults", "\(material.scenario.faults.count)",
          Wording.list(material.scenario.faults.map(\.kind.title))
        ))
    }
    if fleet.warmPool.size > 0 {
      facts.append(
        (
          "Warm pool", "\(fleet.warmPool.size)",
          "ready after \(Wording.seconds(fleet.warmPool.boot)) at "
            + "\(CompactNumber.percent(fleet.warmPool.cost)) of the price"
        ))
    }
    if let price = material.price {
      facts.append(
        ("Price", "\(CompactNumber.text(price.perReplicaHour))", "\(price.currency) a replica-hour")
      )
    }
    return facts
  }

  private var burstDetail: String {
    let counts = BurstKind.allCases.compactMap { kind -> String? in
      let count = material.kinds.count { $0 == kind }
      return count == 0 ? nil : "\(count) \(kind.rawValue)"
    }
    return counts.isEmpty ? "added to the trace" : counts.joined(separator: ", ")
  }

  func writeMethod(_ section: inout Markup) {
    section.element("div", ["class": "card"]) { card in
      card.element("pre", text: material.command)
      card.element("dl", ["class": "rows"]) { list in
        for (name, text) in method {
          list.element("dt", text: name)
          list.element("dd", text: text)
        }
      }
    }
  }

  private var method: [(name: String, text: String)] {
    let world = material.world
    let step = Wording.seconds(material.grid.step)
    let arrivals =
      switch material.scenario.arrivals {
      case .fluid: "Arrivals are fluid, rate times time: there is no chance in them and no seed."
      case .poisson(let seed): "Arrivals are Poisson, drawn with seed \(seed)."
      }
    let texture =
      material.scenario.texture.map {
        " The trace is roughened by noise of \(CompactNumber.percent($0.deviation)), seed "
          + "\($0.seed)."
      } ?? ""
    return [
      (
        "Time",
        "\(Wording.amount(Double(material.grid.count))) steps of \(step). In each, the fleet "
          + "changes, the controller decides, requests are served first come first served, and "
          + "replicas are billed from their order on, boots included."
      ),
      (
        "Knowledge",
        "A policy sees nothing later than \(Wording.seconds(world.control.lag)) before its "
          + "decision. hybrid, reactive and predictive are the decision core that runs in "
          + "production, fed with simulated measurements."
      ),
      ("Demand", arrivals + texture + scaleText),
      (
        "Violation",
        "The share of requests that were dropped at a full queue or waited longer than "
          + "\(Wording.seconds(world.objective.sloWait)). Cost over the oracle is the cost over "
          + "that of the cheapest schedule, known beforehand, at which nothing ever waits."
      ),
      (
        "Pictures",
        "The whole window is drawn from "
          + "\(Wording.seconds(Double(material.lead.whole.width) * material.grid.dt)) means; where "
          + "capacity is shown, it is at the tightest moment of each. Times are UTC."
      ),
      ("Again", "The command above gives this file again, byte for byte, with the same version."),
    ]
  }

  private var scaleText: String {
    guard let mean = material.scenario.scaledMean else { return "" }
    return " The trace was scaled by \(CompactNumber.text(material.world.demand.scale)) to a mean "
      + "of \(CompactNumber.text(mean)) requests/s before growth and bursts."
  }
}
