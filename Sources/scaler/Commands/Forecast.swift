import Adapters
import ArgumentParser
import Control
import Domain
import Forecasting
import Foundation

struct Forecast: ScalerCommand {
  static let configuration = CommandConfiguration(
    commandName: "forecast",
    abstract: "Forecast series from a CSV or the store, with quantiles.",
    discussion: """
      A CSV given as --history has the columns timestamp, rate and maybe series, or is laid out as the M4 \
      competition's files: V1, V2, …, a row per series, its name first, then its values, one per \
      --step from 1970-01-01 on.

      CSV out: series, timestamp, mean and one p… column per quantile, in the order of the input. \
      p50 is the median, mean the expected value; none is ever below zero, and quantiles never cross.
      """)

  @Option(help: "A CSV with the history; `-` is standard input, .gz is unpacked.")
  var history: String?

  @Option(help: "Instead of --history: the store's file.")
  var store: String?

  @Option(help: "Instead of --history: the configuration whose store is read.")
  var config: String?

  @Option(help: "A service of the store; may be given often. Default: all that it holds.")
  var service: [String] = []

  @Option(help: "How far ahead, such as 48h.")
  var horizon: String?

  @Option(help: "How many steps ahead; instead of --horizon.")
  var steps: Int?

  @Option(
    help: "The step of the forecast; default: the history's, 1h for the store or without times.")
  var step: String?

  @Option(
    help: "Periods in which demand repeats, such as 1d,7d; default: those that the data bears.")
  var seasons: String?

  @Option(help: "The zone whose clock the seasons follow.")
  var timezone = "UTC"

  @Option(help: "Quantile levels.")
  var quantiles = "0.1,0.5,0.9"

  @Option(
    help: "YAML with events: one-off, recurring, holidays; uplift a number, learned or excluded.")
  var events: String?

  @Option(help: "Forecast as if the history ended here.")
  var at: String?

  @Option(help: "Series fitted at the same time; default: all cores.")
  var jobs: Int?

  @OptionGroup var output: OutputOptions

  func perform() async throws {
    let request = try self.request()
    let series = try await series(for: request)
    let progress = ProgressBar(total: series.count, label: "forecasting")
    let workers = max(1, jobs ?? ProcessInfo.processInfo.activeProcessorCount)
    let results = try await Self.forecasts(of: series, request, workers: workers) {
      progress.advance()
    }
    progress.finish()
    switch output.chosen {
    case .csv: try output.write(ForecastText.csv(results, levels: request.levels))
    case .json: try output.write(ForecastText.json(results, levels: request.levels))
    case .table:
      try output.write(
        ForecastText.table(results, levels: request.levels, width: Terminal.width))
    }
  }

  /// The histories of a file or of the store.
  private func series(for request: ForecastRequest) async throws -> [SeriesFile.Series] {
    let usual = Duration.seconds(3600)
    guard let history else {
      guard store != nil || config != nil else {
        throw CommandFailure(
          status: .usage, message: "name the history with --history, --store or --config")
      }
      let file = try StoreOption.path(store: store, config: config)
      return try await StoredHistory.series(
        of: service, in: ExportStore.open(file), file: file, step: request.step ?? usual,
        end: request.end)
    }
    guard store == nil, config == nil, service.isEmpty else {
      throw CommandFailure(
        status: .usage, message: "--history goes without --store, --config and --service")
    }
    return try SeriesFile(path: history, wideStep: (request.step ?? usual).wholeSeconds).series
  }

  /// Fits `workers` series at a time; the results keep the order of the input.
  private static func forecasts(
    of series: [SeriesFile.Series], _ request: ForecastRequest, workers: Int,
    done: @escaping @Sendable () -> Void
  ) async throws -> [SeriesForecast] {
    try await withThrowingTaskGroup(of: (Int, SeriesForecast).self) { group in
      var waiting = series.enumerated().makeIterator()
      func startNext() {
        guard let (index, one) = waiting.next() else { return }
        group.addTask {
          let result = try request.forecast(one)
          done()
          return (index, result)
        }
      }
      for _ in 0..<workers { startNext() }
      var results = [SeriesForecast?](repeating: nil, count: series.count)
      while let (index, result) = try await group.next() {
        results[index] = result
        startNext()
      }
      return results.compactMap { $0 }
    }
  }

  private func request() throws -> ForecastRequest {
    let levels = try quantiles.split(separator: ",").map { text in
      guard let level = Double(text), level > 0, level < 1 else {
        throw CommandFailure(
          status: .usage, message: "--quantiles are numbers between 0 and 1, not `\(text)`")
      }
      return level
    }
    guard !levels.isEmpty else {
      throw CommandFailure(status: .usage, message: "--quantiles needs at least one level")
    }
    guard let zone = UTCOffsets(zoneNamed: timezone) else {
      throw CommandFailure(
        status: .usage, message: "--timezone is a zone such as Europe/Berlin, not `\(timezone)`")
    }
    let span = try horizon.map { try Self.duration($0, option: "--horizon") }
    guard (span == nil) != (steps == nil) else {
      throw CommandFailure(status: .usage, message: "give either --horizon or --steps")
    }
    if let steps, !(1...100_000).contains(steps) {
      throw CommandFailure(status: .usage, message: "--steps is between 1 and 100000")
    }
    return ForecastRequest(
      horizon: span, steps: steps, step: try step.map { try Self.duration($0, option: "--step") },
      periods: try seasons.map(Self.periods), zone: zone, levels: levels.sorted(),
      end: try at.map { text in
        guard let time = Timestamp(parsing: text) else {
          throw CommandFailure(
            status: .usage, message: "--at is a time such as 2026-11-23T09:30:00Z, not `\(text)`")
        }
        return time
      }, events: try events.map { try EventEntry.read(path: $0) } ?? [])
  }

  private static func periods(_ text: String) throws -> [Duration] {
    let periods = try text.split(separator: ",").map {
      try duration(String($0), option: "--seasons")
    }
    guard periods.count <= Seasons.maximumCount else {
      throw CommandFailure(
        status: .usage,
        message: "--seasons takes at most \(Seasons.maximumCount) periods, not \(periods.count)")
    }
    return periods
  }

  private static func duration(_ text: String, option: String) throws -> Duration {
    guard let duration = Duration(parsing: text), duration >= .seconds(1),
      duration.components.attoseconds == 0
    else {
      throw CommandFailure(
        status: .usage, message: "\(option) takes durations such as 5m, 48h or 7d, not `\(text)`")
    }
    return duration
  }
}
