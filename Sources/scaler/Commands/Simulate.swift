import Adapters
import ArgumentParser
import Domain
import Foundation
import Simulation

struct Simulate: ScalerCommand {
  static let configuration = CommandConfiguration(
    commandName: "simulate",
    abstract: "Backtest policies on a trace, with queueing, boot times, cost and an oracle.")

  @OptionGroup var world: ScenarioOptions

  @Option(help: "Policies by name or kind, separated by commas, or `all`.")
  var policy: String?

  @Option(help: "Draw Poisson arrivals with this seed instead of what the scenario says.")
  var seed: UInt64?

  @Option(help: "The policy that the others are compared with.")
  var baseline: String?

  @Option(name: .customLong("assert"), help: "A threshold such as 'hybrid.violation <= 0.001'.")
  var thresholds: [String] = []

  @Option(help: "Write every change of size with its reason to a CSV.")
  var decisions: String?

  @Option(help: "Write every step of every policy to a CSV.")
  var series: String?

  @Option(
    name: .customLong("report"),
    help: "Write the result with pictures and reasons to one HTML file.")
  var reportPath: String?

  @Option(help: "What the baseline's replicas cost today; says what growth makes of that bill.")
  var bill: Double?

  @Flag(
    inversion: .prefixedNo,
    help: "Search the warm pool that the surprises among the bursts ask for.")
  var standby = true

  @Option(help: "Policies run at the same time; default: all cores.")
  var jobs: Int?

  @OptionGroup var output: OutputOptions

  func perform() async throws {
    let file = try prepared()
    let limits = try Self.parsed(thresholds)
    let world: SimulatedWorld
    do {
      world = try SimulatedWorld(file.scenario, trace: file.trace)
    } catch {
      throw CommandFailure(status: .badConfiguration, message: "\(file.name): \(error)")
    }
    let outcomes = world.comparedWithCalm(try await run(file, in: world))
    var report: SimulationReport
    do {
      report = try SimulationReport(world: world, outcomes: outcomes, thresholds: limits)
    } catch {
      throw CommandFailure(status: .usage, message: "--assert: \(error)")
    }
    let questions = SimulationQuestions(
      file: file, world: world, baseline: baseline, bill: bill, workers: workers)
    try await questions.answer(in: &report, searchesStandby: standby)
    if let reportPath {
      try await ReportFile.write(
        to: reportPath, file, world: world, report: report, baseline: baseline)
    }
    switch output.chosen {
    case .json: try output.write(report.jsonText())
    case .csv: try output.write(SimulationText.csv(report))
    case .table:
      try output.write(SimulationText.page(report, world: world, baseline: baseline))
    }
    guard report.passesThresholds else {
      for threshold in report.thresholds where !threshold.passed {
        Terminal.say("scaler: \(threshold.text) does not hold: it is \(threshold.value)")
      }
      throw ExitCode(ExitStatus.thresholdFailed.rawValue)
    }
  }

  private var workers: Int {
    max(1, jobs ?? ProcessInfo.processInfo.activeProcessorCount)
  }

  private func prepared() throws -> ScenarioFile {
    var file = try world.file()
    if let seed { file.scenario.arrivals = .poisson(seed: seed) }
    try file.select(policy?.split(separator: ",").map(String.init) ?? [])
    if let baseline, !file.scenario.policies.contains(where: { $0.name == baseline }) {
      throw CommandFailure(
        status: .usage, message: "--baseline names `\(baseline)`, which does not run")
    }
    return file
  }

  private static func parsed(_ texts: [String]) throws -> [Threshold] {
    do {
      return try texts.map { try Threshold($0) }
    } catch let error as ThresholdError {
      throw CommandFailure(status: .usage, message: "--assert: \(error)")
    }
  }

  /// All policies at once, or one after the other where their steps are written to a file in order.
  private func run(_ file: ScenarioFile, in world: SimulatedWorld) async throws -> [PolicyOutcome] {
    let policies = file.scenario.policies
    guard decisions == nil, series == nil else { return try recorded(policies, in: world) }
    let progress = ProgressBar(total: policies.count, label: "simulating")
    defer { progress.finish() }
    return await world.runAll(policies, workers: workers) { _ in progress.advance() }
  }

  private func recorded(
    _ policies: [PolicySpecification], in world: SimulatedWorld
  ) throws -> [PolicyOutcome] {
    let steps = try series.map {
      try RowFile(
        $0, "policy,step,timestamp,arrivals,ready,pending,queue,served,dropped,wait_seconds")
    }
    let changes = try decisions.map { try RowFile($0, "policy,timestamp,from,to,reason") }
    let progress = ProgressBar(total: policies.count, label: "simulating")
    defer { progress.finish() }
    let outcomes = policies.map { policy in
      defer { progress.advance() }
      let name = SeriesFile.quoted(policy.name)
      return world.run(
        policy,
        onStep: steps.map { file in
          { step in
            file.add(
              "\(name),\(step.step),\(world.grid.time(at: step.step)),\(step.arrivals),"
                + "\(step.ready),\(step.pending),\(step.queue),\(step.served),\(step.dropped),"
                + "\(step.wait)")
          }
        },
        onDecision: changes.map { file in
          { change in
            file.add(
              "\(name),\(change.time),\(change.from),\(change.to),"
                + SeriesFile.quoted(change.reason))
          }
        })
    }
    try steps?.close()
    try changes?.close()
    return outcomes
  }
}
