import ArgumentParser
import Domain
import Foundation
import Storage

struct ExportDecisions: ScalerCommand {
  static let configuration = CommandConfiguration(
    commandName: "decisions", abstract: "Every recorded decision with its reasons, for notebooks.")

  @OptionGroup var selection: StoreSelection
  @OptionGroup var output: ExportOutput

  func perform() async throws {
    let store = try selection.open()
    let (from, to) = try selection.range()
    let services = try selection.services(in: store)
    try await output.write { sink in
      var encoder = RowEncoder(.decisions, format: output.format)
      encoder.begin()
      for service in services {
        // The store answers newest first; a week of one service's decisions fits into memory.
        let recorded = try await store.decisions(of: service, limit: .max, before: to)
        for entry in recorded.reversed() where entry.decision.time >= from {
          encoder.add(Self.cells(entry))
        }
        try await sink(encoder.drain())
      }
      var metadata = ExportMetadata(.decisions)
      metadata.rowCount = encoder.rowCount
      metadata.parameters = ["from": from.description, "to": to.description]
      encoder.end(metadata: try metadata.jsonLine())
      try await sink(encoder.drain())
      return metadata
    }
  }

  private static func cells(_ entry: RecordedDecision) -> [ExportCell] {
    let decision = entry.decision
    return [
      .text(decision.service.name), .integer(decision.id.number), .time(decision.time),
      decision.current.map { .integer(Int64($0)) } ?? .null, .integer(Int64(decision.target)),
      decision.reactiveTarget.map { .integer(Int64($0)) } ?? .null,
      ExportCell(entry.command.map { "\($0.kind.rawValue) \($0.replicas)" }),
      ExportCell(entry.outcome.map { "\($0)" }), .text(decision.reason),
    ]
  }
}

/// Which part of which store is exported.
struct StoreSelection: ParsableArguments {
  @Option(help: "The configuration whose store is read.")
  var config: String?

  @Option(help: "The store's file.")
  var store: String?

  @Option(help: "Only this service. Repeatable.")
  var service: [String] = []

  @Option(help: "From this time on; default: all that is there.")
  var from: String?

  @Option(help: "Before this time.")
  var to: String?

  func open() throws -> Store {
    try ExportStore.open(StoreOption.path(store: store, config: config))
  }

  func range() throws -> (from: Timestamp, to: Timestamp) {
    func time(_ text: String?, _ option: String) throws -> Timestamp? {
      guard let text else { return nil }
      guard let time = Timestamp(parsing: text) else {
        throw CommandFailure(
          status: .usage,
          message: "\(option) is a time such as 2026-11-23T00:00:00Z, not `\(text)`")
      }
      return time
    }
    let range = (try time(from, "--from") ?? .earliest, try time(to, "--to") ?? .latest)
    guard range.0 < range.1 else {
      throw CommandFailure(status: .usage, message: "--from \(range.0) is not before \(range.1)")
    }
    return range
  }

  /// Those that were asked for, or all that the store has samples of, by name.
  func services(in store: Store) throws -> [ServiceID] {
    let known = store.services()
    guard !known.isEmpty else {
      throw CommandFailure(
        status: .badInput,
        message: "the store \(store.file) holds no samples yet: run `scaler serve`, or load "
          + "history with `scaler import csv`")
    }
    return try service.isEmpty
      ? known
      : service.map { name in
        guard let id = ServiceID(name), known.contains(id) else {
          throw CommandFailure(
            ProvisioningRefusal.unknownService(name, known: known.map(\.name)))
        }
        return id
      }
  }
}
