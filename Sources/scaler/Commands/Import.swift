import Adapters
import ArgumentParser
import Domain
import Foundation
import Storage

struct Import: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Load history into the store; repeating an import changes nothing.",
    subcommands: [ImportCSV.self, ImportPrometheus.self])
}

struct ImportCSV: ScalerCommand {
  static let configuration = CommandConfiguration(
    commandName: "csv",
    abstract: "Load a CSV of rates (timestamp, rate; optional queue, ready, series).")

  @Option(help: "The store's file; or name a configuration.")
  var store: String?

  @Option(help: "The configuration whose store is meant.")
  var config: String?

  @Option(help: "The service that the history belongs to; default: the file's `series` column.")
  var service: String?

  @Option(help: "The file; `-` is standard input, .gz is unpacked.")
  var history: String

  @Option(help: "per_second, or count per interval.")
  var unit = "per_second"

  @Flag(help: "Say what would be loaded and load nothing.")
  var dryRun = false

  func perform() async throws {
    guard let unit = SeriesFile.Unit(rawValue: unit) else {
      throw CommandFailure(
        status: .usage,
        message: "--unit is per_second or count, not `\(self.unit)`")
    }
    let file = try SeriesFile(path: history, unit: unit)
    let named = try file.series.map { (try service(of: $0, among: file.series.count), $0) }
    for (id, series) in named { Terminal.say("\(id): \(series.report)") }
    guard !dryRun else { return }
    let target = try Store.open(StoreOption.path(store: store, config: config))
    for (id, series) in named {
      try await load(series.rate, metric: .rate, of: id, into: target)
      if let queue = series.queue {
        try await load(queue, metric: .queue, of: id, into: target)
      }
      if let ready = series.ready {
        try await load(ready, metric: .ready, of: id, into: target)
      }
    }
    try await target.close()
  }

  private func load(
    _ series: TimeSeries, metric: Sample.Metric, of id: ServiceID, into store: Store
  ) async throws {
    let result = try await store.importSeries(series, service: id, metric: metric)
    Terminal.say("\(id): \(metric.rawValue): \(result)")
  }

  private func service(of series: SeriesFile.Series, among count: Int) throws -> ServiceID {
    let name = service ?? series.name
    if service != nil && count > 1 {
      throw CommandFailure(
        status: .badInput,
        message: "\(history) holds \(count) series: leave --service out to load them all")
    }
    guard let id = ServiceID(name) else {
      throw CommandFailure(
        status: service == nil ? .badInput : .usage,
        message: name.isEmpty
          ? "\(history) has no `series` column: name the service with --service"
          : "`\(name)` is not a service name (1 to 200 of A-Z a-z 0-9 . _ : / -)")
    }
    return id
  }
}
