import Charts
import Domain
import Simulation

/// One policy's recording of a stretch, under its name.
struct NamedRecording: Sendable {
  let name: String
  let recording: StretchRecording
}

/// The pictures of one stretch: lead and rival drawn over each other on one grid of time.
struct StretchPictures {
  let identifier: String
  let grid: StepGrid
  /// Requests per second.
  let ratePerReplica: Double
  let lead: NamedRecording
  let rival: NamedRecording?
  let events: [EventSpan]
  /// What the lead's decisions planned for; nil where they had no forecast.
  var band: (median: TimedValues, upper: TimedValues)?

  /// The layers of what decisions planned for, the highest demand within their lead time.
  static func outlook(_ band: (median: TimedValues, upper: TimedValues)) -> [Layer] {
    [
      Layer(
        "planned for: median to upper quantile", ink: .forecast,
        .band(lower: band.median, upper: band.upper, strength: .outer, stepped: false))
    ]
  }

  private var range: ClosedRange<Double> { lead.recording.range(on: grid) }

  /// What arrives against what the replicas that serve can take, in requests per second.
  func capacity(_ title: String) -> TimeChart {
    let demand = lead.recording.rate(on: grid)
    var layers = [
      Layer(
        "\(lead.name) can serve", ink: .ready,
        .steps(served(lead), dashed: false, filled: true))
    ]
    if let rival {
      layers.append(
        Layer(
          "\(rival.name) can serve", ink: .forecast,
          .steps(served(rival), dashed: true, filled: false)))
    }
    if let band { layers += Self.outlook(band) }
    layers.append(Layer("demand", ink: .observed, .line(demand, dashed: false)))
    var summary =
      "Demand up to \(CompactNumber.text(demand.extent?.upperBound ?? .nan)) requests/s. "
      + shortage(lead)
    if let rival { summary += " " + shortage(rival) }
    var chart = TimeChart(
      caption: Caption(identifier: identifier + "-capacity", title: title, summary: summary),
      unit: "requests/s", range: range, offset: .utc, layers: layers)
    chart.events = events
    return chart
  }

  /// Requests waiting; nil where neither had any.
  func queue(_ title: String, limit: Double) -> TimeChart? {
    let longest = [lead, rival].compactMap { $0?.recording.buckets.map(\.queue).max() }.max() ?? 0
    guard longest >= 1 else { return nil }
    var layers = [
      Layer(
        lead.name, ink: .queue,
        .steps(lead.recording.queue(on: grid), dashed: false, filled: true))
    ]
    var summary = "\(lead.name): at most \(peak(lead)) waiting."
    if let rival {
      layers.append(
        Layer(
          rival.name, ink: .forecast,
          .steps(rival.recording.queue(on: grid), dashed: true, filled: false)))
      summary += " \(rival.name): at most \(peak(rival))."
    }
    var chart = TimeChart(
      caption: Caption(identifier: identifier + "-queue", title: title, summary: summary),
      unit: "requests waiting", range: range, offset: .utc, layers: layers)
    chart.events = events
    chart.wholeNumbers = true
    chart.plotHeight = (wide: 130, narrow: 130)
    chart.thresholds = [Threshold(label: "acceptable", value: limit, alwaysInView: false)]
    return chart
  }

  private func served(_ policy: NamedRecording) -> TimedValues {
    policy.recording.values(on: grid) { Double($0.ready) * ratePerReplica }
  }

  private func peak(_ policy: NamedRecording) -> String {
    CompactNumber.text(policy.recording.buckets.map(\.queue).max() ?? 0)
  }

  private func shortage(_ policy: NamedRecording) -> String {
    let worst = policy.recording.buckets.map { $0.need - $0.ready }.max() ?? 0
    guard worst > 0 else { return "\(policy.name) was never short." }
    return "\(policy.name) was short of up to \(Wording.count(worst, "replica"))."
  }
}
