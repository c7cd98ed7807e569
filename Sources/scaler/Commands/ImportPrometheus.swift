import Adapters
import ArgumentParser
import Control
import Domain
import Foundation
import Storage

struct ImportPrometheus: ScalerCommand {
  static let configuration = CommandConfiguration(
    commandName: "prometheus",
    abstract: "Load history from a Prometheus, newest first.",
    discussion: """
      With --config every service whose demand comes from a Prometheus is loaded, or those named by \
      --service. With --url and --query one service is loaded into --store. An interrupted import \
      goes on where it was; repeating one changes nothing.
      """)

  @Option(help: "The configuration that names sources, services and the store.")
  var config: String?

  @Option(help: "A Prometheus, as in http://127.0.0.1:9090.")
  var url: String?

  @Option(help: "The query of the service's requests per second; one series.")
  var query: String?

  @Option(help: "The store's file, where no configuration is given.")
  var store: String?

  @Option(help: "A service to load; may be repeated. Default with --config: all.")
  var service: [String] = []

  @Option(help: "How far back to go: 8w, or a time.")
  var since = "8w"

  @Option(help: "The resolution of what is loaded, whole seconds.")
  var step = "1m"

  @Flag(help: "Forget where an earlier import stopped.")
  var restart = false

  func perform() async throws {
    let now = Timestamp(seconds: Int64(Date().timeIntervalSince1970))
    guard let width = Duration(parsing: step), width >= .seconds(1),
      width.components.attoseconds == 0, width <= .seconds(86_400)
    else {
      throw CommandFailure(status: .usage, message: "--step is 1s to 1d in whole seconds")
    }
    let from: Timestamp
    if let duration = Duration(parsing: since) {
      from = now - duration
    } else if let time = Timestamp(parsing: since) {
      from = time
    } else {
      throw CommandFailure(
        status: .usage, message: "--since is a duration such as 8w or a time, not `\(since)`")
    }
    let plan = try await plan()
    let target = try Store.open(StoreOption.path(store: store, config: config))
    for (id, source) in plan {
      let run = HistoryImport(
        service: id, source: source, from: from, to: now, step: width, store: target)
      let progress = ImportProgress(id.name)
      let result: HistoryImport.Result
      do {
        result = try await run.perform(restart: restart) { progress.show($0) }
      } catch {
        progress.clear()
        throw error
      }
      progress.clear()
      for line in result.lines { Terminal.say("\(id): \(line)") }
    }
    try await target.close()
  }

  private func plan() async throws -> [(ServiceID, PrometheusSource)] {
    let ids = try service.map { name in
      guard let id = ServiceID(name) else {
        throw CommandFailure(status: .usage, message: "`\(name)` is not a service's name")
      }
      return id
    }
    if let url, let query, config == nil, ids.count == 1, let id = ids.first {
      return [(id, PrometheusSource(url: url, services: [id: .init(demand: query)]))]
    }
    guard let config, url == nil, query == nil else {
      throw CommandFailure(
        status: .usage,
        message: "name --config, or --url, --query, --store and one --service")
    }
    let configuration = try await ServeConfiguration(path: config).discovered()
    let wired = try configuration.prometheusServices()
    for id in ids where !wired.contains(where: { $0.0 == id }) {
      throw CommandFailure(
        status: .usage, message: "\(config) has no service `\(id)` whose demand is a Prometheus'")
    }
    guard !wired.isEmpty else {
      throw CommandFailure(
        status: .badConfiguration,
        message: "\(config) has no service whose demand is a Prometheus'")
    }
    return wired.filter { ids.isEmpty || ids.contains($0.0) }
  }
}

extension ServeConfiguration {
  /// The services whose demand comes from a Prometheus, with their source.
  func prometheusServices() throws -> [(ServiceID, PrometheusSource)] {
    var wired: [(ServiceID, PrometheusSource)] = []
    for entry in sources {
      guard case .prometheus(let url, let options) = entry.source else { continue }
      let fed = services.filter { $0.demand?.source == entry.name }
      let queries = try fed.filter { !$0.isDiscovered }.map { service in
        guard let query = service.demand?.query else {
          throw CommandFailure(
            status: .badConfiguration, message: "\(service.policy.id) needs a `query`")
        }
        return (service.policy.id, PrometheusSource.Queries(demand: query))
      }
      let source = PrometheusSource(
        url: url, options: options,
        services: Dictionary(queries, uniquingKeysWith: { first, _ in first }),
        fleets: fleetQueries(of: entry.name))
      wired += fed.map { ($0.policy.id, source) }
    }
    return wired
  }
}
