import Foundation
import Simulation
import Testing

@testable import scaler

@Suite("The report of a simulation")
struct ReportingPageTests {
  @Test("the same scenario gives the same bytes, and whoever opens them needs nothing else")
  func page() async throws {
    let first = try await html()
    let second = try await html()
    // Compared outside the macro, which would print the whole page.
    let isSame = first == second
    #expect(isSame)
    func holds(_ text: String) {
      let isThere = first.contains(text)
      #expect(isThere, "\(text)")
    }
    for foreign in ["<script", "src=", "url(http", "<link"] {
      let isThere = first.contains(foreign)
      #expect(!isThere, "\(foreign)")
    }
    #expect(first.components(separatedBy: "</head>").count == 2)
    for heading in [
      "The scenario", "The policies", "Cost against quality", "The whole window", "The bursts",
      "The worst moments", "The decisions that mattered", "How this was computed",
    ] {
      holds("<h2>\(heading)</h2>")
    }
    for kind in ["Announced: 1 burst", "Forecastable: 1 burst", "Surprise: 1 burst"] {
      holds(kind)
    }
    holds("At 3\u{202F}× the traffic, reactive costs")
    holds("None of the 2 policies keeps")
  }

  @Test("a name from outside cannot become markup")
  func escaping() async throws {
    let text = try await html(command: "scaler simulate --report '<script>alert(1)</script>'")
    let (isMarkup, isText) = (text.contains("<script>"), text.contains("&lt;script&gt;"))
    #expect(!isMarkup)
    #expect(isText)
  }

  private func html(command: String = "scaler simulate") async throws -> String {
    let file = try ReportingWorld.file(
      """
      growth: 3
      bursts:
        - { start: 6h, rise: 1m, hold: 10m, fall: 1m, multiplier: 3 }
        - { start: 30h, rise: 1m, hold: 10m, fall: 1m, multiplier: 3 }
        - { start: 36h, rise: 1m, hold: 10m, fall: 1m, multiplier: 2, announced: true }
      """)
    let world = try SimulatedWorld(file.scenario, trace: file.trace)
    let outcomes = await world.runAll(file.scenario.policies, workers: 2)
    var report = try SimulationReport(world: world, outcomes: outcomes)
    try await SimulationQuestions(file: file, world: world, baseline: nil, bill: nil, workers: 2)
      .answer(in: &report, searchesStandby: true)
    let material = try #require(
      await ReportMaterial.gather(
        file, world: world, report: report, baseline: nil, command: command))
    return SimulationPage(material: material).html
  }
}
