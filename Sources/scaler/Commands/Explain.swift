import ArgumentParser
import Domain
import Foundation
import Storage

struct Explain: ScalerCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "One decision: every number and rule that made it, and what reaction alone would do.")

  @Argument(help: "The service.")
  var service: String

  @Option(help: "The decision in force at this time; default: the newest.")
  var at: String?

  @Option(help: "The configuration whose store is read.")
  var config: String?

  @Option(help: "The store's file.")
  var store: String?

  @OptionGroup var output: OutputOptions

  private struct Explanation: Encodable {
    var decision: Decision
    var reactiveTarget: Int?
    var outcome: String?
  }

  func perform() async throws {
    guard let id = ServiceID(service) else {
      throw CommandFailure(status: .usage, message: "`\(service)` is not a service name")
    }
    let time = try at.map { text in
      guard let time = Timestamp(parsing: text) else {
        throw CommandFailure(
          status: .usage, message: "--at is a time such as 2026-11-23T09:30:00Z, not `\(text)`")
      }
      return time
    }
    let file = try StoreOption.path(store: store, config: config)
    let store = try Store.read(file)
    guard let recorded = try await store.decision(of: id, at: time ?? .latest) else {
      throw CommandFailure(
        status: .failure,
        message: "\(file) holds no decision of \(id)" + (time.map { " at or before \($0)" } ?? ""))
    }
    let decision = recorded.decision
    let explanation = Explanation(
      decision: decision, reactiveTarget: decision.reactiveTarget,
      outcome: recorded.outcome.map { "\($0)" })
    switch output.chosen {
    case .json: try output.write(explanation.jsonText())
    case .table, .csv: try output.write(text(of: explanation))
    }
  }

  private func text(of explanation: Explanation) -> String {
    let decision = explanation.decision
    let from = decision.current.map(String.init) ?? "unknown"
    var lines = [
      "\(decision.time)  \(decision.service)  decision \(decision.id)",
      "from \(from) to \(decision.target) replicas, in this order:",
    ]
    for (index, rule) in decision.trail.enumerated() { lines.append("  \(index + 1). \(rule)") }
    if let reactive = explanation.reactiveTarget {
      lines.append("reaction alone would have asked for \(reactive) before the guardrails")
    }
    if let outcome = explanation.outcome { lines.append("the platform: \(outcome)") }
    return lines.joined(separator: "\n")
  }
}

/// `--store FILE` or `--config FILE`.
enum StoreOption {
  static func path(store: String?, config: String?) throws -> String {
    if let store { return store }
    guard let config else {
      throw CommandFailure(status: .usage, message: "name the store with --store or --config")
    }
    return try ServeConfiguration(path: config).storePath
  }
}
