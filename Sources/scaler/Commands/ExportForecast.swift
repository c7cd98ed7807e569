import ArgumentParser
import Domain
import Foundation

struct ExportForecast: ScalerCommand {
  static let configuration = CommandConfiguration(
    commandName: "forecast",
    abstract: "Instance-hours and money per service and fleet, with quantiles.",
    discussion: """
      One row per service and period, then the fleet's with x_TargetId `*`. It begins at the first \
      whole period after the newest sample, or at --at. Columns are named after FOCUS where it has \
      a word.
      """)

  @OptionGroup var question: ProvisioningOptions

  @Option(help: "actual: also what was measured before, as far back as the horizon is long.")
  var include: String?

  @Option(help: "Also write a page for a meeting: what to expect and what to buy.")
  var report: String?

  @OptionGroup var output: ExportOutput

  func perform() async throws {
    let prepared = try await question.prepare(include: include)
    let run = prepared.run
    let progress = ProgressBar(total: run.members.count, label: "forecasting")
    try await output.write { sink in
      try await ForecastExport(run: run).write(
        output.format, jobs: question.workers, progress: progress.advance, to: sink)
    }
    progress.finish()
    for note in run.notes { Terminal.say("scaler: \(note)") }
    if let report {
      try await ProvisioningReport.write(to: report, run: run, jobs: question.workers)
    }
  }
}

struct ExportCommitments: ScalerCommand {
  static let configuration = CommandConfiguration(
    commandName: "commitments",
    abstract: "What to commit to: amounts per offer with utilisation, savings and risk.",
    discussion: """
      The offers are those of `provisioning.offers`. Each amount is judged on the hours of the \
      forecast, so the horizon should be long enough to hold what the need does.
      """)

  @OptionGroup var question: ProvisioningOptions
  @OptionGroup var output: ExportOutput

  func perform() async throws {
    let run = try await question.prepare(include: nil).run
    let export: CommitmentExport
    do {
      export = try CommitmentExport(run: run)
    } catch {
      throw CommandFailure(error)
    }
    let progress = ProgressBar(total: run.members.count, label: "forecasting")
    try await output.write { sink in
      try await export.write(
        output.format, jobs: question.workers, progress: progress.advance, to: sink)
    }
    progress.finish()
    for note in run.notes { Terminal.say("scaler: \(note)") }
  }
}

/// What both provisioning exports ask.
struct ProvisioningOptions: ParsableArguments {
  @Option(help: "The configuration file.")
  var config: String

  @Option(help: "How far ahead, such as 35d or 395d; at most 416d.")
  var horizon: String?

  @Option(help: "hour, day or month; default day.")
  var granularity: String?

  @Option(help: "The zone whose days and months are summed up; default UTC.")
  var timezone: String?

  @Option(help: "Forecast as if it were this time.")
  var at: String?

  @Option(
    help: "Multiply demand: 3, 3@2027-01-01T00:00:00Z from then on, 3/90d in a line. Repeatable.")
  var growth: [String] = []

  @Option(help: "Only this service, without the fleet's rows. Repeatable.")
  var service: [String] = []

  @Option(help: "Services computed at the same time; default: all cores.")
  var jobs: Int?

  var workers: Int { max(1, jobs ?? ProcessInfo.processInfo.activeProcessorCount) }

  struct Prepared {
    var configuration: ServeConfiguration
    var run: ProvisioningRun
  }

  func prepare(include: String?) async throws -> Prepared {
    do {
      let question = try ProvisioningQuestion(
        horizon: horizon, granularity: granularity, timezone: timezone, at: at, growth: growth,
        services: service, include: include)
      let configuration = try ServeConfiguration(path: config)
      let store = try ExportStore.open(configuration)
      let fleet = try ProvisioningFleet(configuration, store: store)
      return Prepared(
        configuration: configuration, run: try await ProvisioningRun(question, of: fleet))
    } catch let refusal as ProvisioningRefusal {
      throw CommandFailure(refusal)
    }
  }
}
