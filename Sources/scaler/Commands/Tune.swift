import ArgumentParser
import Control
import Domain
import Foundation
import Simulation

struct Tune: ScalerCommand {
  static let configuration = CommandConfiguration(
    commandName: "tune",
    abstract: "Search policy settings by simulation: the cheapest that keeps the objective.",
    discussion: """
      The first 70 % of the evaluated time is searched, the rest judges what was found: figures \
      under "judged" were not seen by the search.
      """)

  @OptionGroup var world: ScenarioOptions

  @Option(help: "Simulations at the same time; default: all cores.")
  var jobs: Int?

  @OptionGroup var output: OutputOptions

  private struct Document: Encodable {
    var formatVersion = 1
    var front: [TuningFigures]
    var recommended: TuningFigures
    var keepsObjective: Bool
    var judged: TuningFigures
    var judgedWithDefaults: TuningFigures
    var simulations: Int
    var paste: String
    var diff: String?

    enum CodingKeys: String, CodingKey {
      case front, recommended, judged, simulations, paste, diff
      case formatVersion = "format_version"
      case keepsObjective = "keeps_objective"
      case judgedWithDefaults = "judged_with_defaults"
    }
  }

  func perform() async throws {
    let file = try world.file()
    let workers = max(1, jobs ?? ProcessInfo.processInfo.activeProcessorCount)
    let result: Tuning.Result
    let present = file.scenario.policies.first { $0.kind == .hybrid }?.scaling
    let tuning = Tuning(candidates: Tuning.grid(around: present ?? ScalingPolicy()))
    let progress = ProgressBar(total: tuning.plannedRuns, label: "tuning")
    defer { progress.finish() }
    do {
      result = try await tuning.run(file.scenario, trace: file.trace, workers: workers) {
        progress.advance()
      }
    } catch {
      throw CommandFailure(status: .badConfiguration, message: "\(file.name): \(error)")
    }
    try write(result)
  }

  private func write(_ result: Tuning.Result) throws {
    let paste = result.recommended.scaling.configuration
    let diff = try world.service.flatMap { file in
      try ScalingChange(file: file, scaling: result.recommended.scaling).diff
    }
    let front = result.front.map { TuningFigures($0.scaling, $0.scorecard) }
    let recommended = TuningFigures(result.recommended.scaling, result.recommended.scorecard)
    let judged = TuningFigures(result.recommended.scaling, result.validated)
    let defaults = TuningFigures(ScalingPolicy(), result.untuned)
    switch output.chosen {
    case .json:
      try output.write(
        Document(
          front: front, recommended: recommended, keepsObjective: result.keepsObjective,
          judged: judged, judgedWithDefaults: defaults, simulations: result.runs, paste: paste,
          diff: diff
        ).jsonText())
    case .csv:
      try output.write(TuningFigures.table(front.map { ("front", $0) }).csv)
    case .table:
      let rows =
        front.map { ("", $0) }
        + [("recommended", recommended), ("judged", judged), ("defaults, judged", defaults)]
      let verdict =
        result.keepsObjective
        ? "the cheapest setting that keeps the objective on the searched time:"
        : "no setting keeps the objective on the searched time; the mildest is:"
      try output.write(
        TuningFigures.table(rows).text + "\n\n\(result.runs) simulations; \(verdict)\n\n"
          + (diff ?? paste))
    }
  }
}

/// One setting with what it cost.
struct TuningFigures: Encodable {
  var risk: String
  var downStep: String
  var stabilizationSeconds: Double
  var drainSeconds: Double
  var replicaHours: Double
  var oracleRatio: Double
  var violation: Double

  enum CodingKeys: String, CodingKey {
    case risk, violation
    case downStep = "down_max_step"
    case stabilizationSeconds = "stabilization_seconds"
    case drainSeconds = "drain_seconds"
    case replicaHours = "replica_hours"
    case oracleRatio = "oracle_ratio"
  }

  init(_ scaling: ScalingPolicy, _ card: Scorecard) {
    risk = scaling.risk.text
    downStep = scaling.down?.text ?? "none"
    stabilizationSeconds = scaling.stabilization.inSeconds
    drainSeconds = scaling.drain.inSeconds
    replicaHours = card.replicaHours
    oracleRatio = card.oracleRatio
    violation = card.violation
  }

  static func table(_ rows: [(label: String, figures: TuningFigures)]) -> TextTable {
    TextTable(
      columns: [
        .init(name: "what", title: "WHAT"), .init(name: "risk", title: "RISK", alignsRight: true),
        .init(name: "down_max_step", title: "DOWN STEP", alignsRight: true),
        .init(name: "stabilization_seconds", title: "STABILIZATION s", alignsRight: true),
        .init(name: "drain_seconds", title: "DRAIN s", alignsRight: true),
        .init(name: "replica_hours", title: "REPLICA-HOURS", alignsRight: true),
        .init(name: "oracle_ratio", title: "× ORACLE", alignsRight: true),
        .init(name: "violation", title: "VIOLATION", alignsRight: true),
      ],
      rows: rows.map { label, figures in
        [
          label, figures.risk, figures.downStep,
          figures.stabilizationSeconds.shortText, figures.drainSeconds.shortText,
          figures.replicaHours.shortText, figures.oracleRatio.threeDecimals,
          figures.violation.percent(3),
        ]
      })
  }
}
