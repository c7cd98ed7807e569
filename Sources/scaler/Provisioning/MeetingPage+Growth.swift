import Charts
import Domain
import Provisioning

// A month today and with more traffic, and which lever gives how much.

extension MeetingPage {
  func writeGrowth(_ growth: GrowthSummary, on section: inout Markup) {
    let times = "\(growth.factor.shortText)\u{202F}×"
    section.element("p", ["class": "lead-in"], text: growthSentence(growth))
    let currency = material.forecast.currency ?? ""
    func remark(_ month: GrowthSummary.Month) -> String {
      month.keepsObjective ? "" : "misses the objective"
    }
    section.append(
      BarChart(
        identifier: "growth", title: "A month today and at \(times) the traffic",
        bars: [
          BarChart.Bar(
            "today, reactive policy", value: growth.today.cost, note: remark(growth.today),
            ink: .muted),
          BarChart.Bar(
            "\(times), cost grows with traffic", value: growth.linear, note: "not simulated",
            ink: .muted),
          BarChart.Bar(
            "\(times), reactive policy", value: growth.reactive.cost,
            note: remark(growth.reactive), ink: .forecast),
          BarChart.Bar(
            "\(times), scaler", value: growth.ours.cost, note: remark(growth.ours), ink: .ready),
        ], valueLabel: "\(currency) a month of 30 days", format: .money(currency: currency),
        words: "All but the second bar are runs of the same simulator over the same weeks of real "
          + "traffic, each with replicas that take as long to boot as yours. The reactive policy is "
          + "Kubernetes' autoscaler on CPU, each time with the target that turned out cheapest."
      ).figure())
    guard !growth.levers.isEmpty else { return }
    section.append(
      WaterfallChart(
        identifier: "levers", title: "Which lever gives how much at \(times)",
        steps: growth.levers.map {
          WaterfallChart.Step($0.lever.words, detail: $0.detail, from: $0.from, to: $0.to)
        }, valueLabel: "\(currency) a month", format: .money(currency: currency),
        words: "From the bill of the reactive policy down to what is left when every lever is "
          + "pulled. Each bar is what one lever takes off on top of those above it."
      ).figure())
  }
}

extension WaterfallStep.Lever {
  fileprivate var words: String {
    switch self {
    case .forecast: "forecast, not reaction"
    case .rightSize: "another instance type"
    case .commitment: "commitment"
    case .spot: "spot instances"
    }
  }
}
