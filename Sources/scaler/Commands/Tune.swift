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

    enum CodingKeys: String, CodingKey {
      case front, recommended, judged, simulations, paste
      case formatVersion = "format_version"
      case keepsObjective = "keeps_objective"
      case judgedWithDefaults = "judged_with_defaults"
    }
  }

  func perform() async throws {
    let file = try world.file()
    let workers = max(1, jobs ?? ProcessInfo.processInfo.activeProcessorCount)
    let result: Tuning.Result
    let tuning = Tuning()
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
    let front = result.front.map { TuningFigures($0.scaling, $0.scorecard) }
    let recommended = TuningFigures(result.recommended.scaling, result.recommended.scorecard)
    let judged = TuningFigures(result.recommended.scaling, result.validated)
    let defaults = TuningFigures(ScalingPolicy(), result.untuned)
    switch output.chosen {
    case .json:
      try output.write(
        Document(
          front: front, recommended: recommended, keepsObjective: result.keepsObjective,
          judged: judged, judgedWithDefaults: defaults, simulations: result.runs, paste: paste
        ).jsonText())
    case .csv:
      try output.write(TuningFigures.table(front.map { ("front", $0) }).csv)
    case .table:
      let rows =
        front.map { ("", $0) }
        + [("recommended", recommended), ("judged", judged), ("defaults, judged", defaults)]
      let verdict =
        result.keepsObjective
        ? "the cheapest setting that keeps the objective on the searched time; paste:"
        : "no setting keeps the objective on the searched time; the mildest is:"
      try output.write(
        TuningFigures.table(rows).text + "\n\n\(result.runs) simulations; \(verdict)\n\n" + paste)
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

extension ScalingPolicy.Risk {
  /// As configuration writes it.
  var text: String {
    switch self {
    case .auto: "auto"
    case .fixed(let share): "\(share)"
    }
  }
}

extension StepLimit {
  /// As configuration writes it.
  fileprivate var text: String {
    switch amount {
    case .share(let share): "\((share * 100).shortText)%/\(period.shortText)"
    case .replicas(let count): "\(count)/\(period.shortText)"
    }
  }
}

extension ScalingPolicy {
  /// The section of a service's configuration with this setting.
  fileprivate var configuration: String {
    """
    scaling:
      risk: \(risk.text)
      drain: \(drain.shortText)
      down: { max_step: \(down?.text ?? "none"), stabilization: \(stabilization.shortText) }
    """
  }
}
