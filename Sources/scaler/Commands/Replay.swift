import ArgumentParser
import Control
import Daemon
import Domain
import Foundation
import Storage

struct Replay: ScalerCommand {
  static let configuration = CommandConfiguration(
    commandName: "replay",
    abstract: "Run the journal through the decision core again and compare with what was decided.")

  @Option(help: "The store's file.")
  var store: String

  @Option(help: "A service file: what would have been decided under this policy?")
  var policy: String?

  @OptionGroup var output: OutputOptions

  private struct Row: Encodable {
    var service: ServiceID
    var decisions: Int
    var equal: Int
    var firstDifference: String?
  }

  func perform() async throws {
    let store = try Store.read(store)
    let changed = try policy.map { try ServiceConfiguration(YAMLDocument(path: $0).root).policy }
    let replayed = try Recovery.replay(store, ignoringSnapshots: true) { policy in
      guard let changed, changed.id == policy.id else { return policy }
      return changed
    }
    var rows: [Row] = []
    for (service, recovery) in replayed.sorted(by: { $0.key < $1.key }) {
      rows.append(try await compare(service, recovery, with: store))
    }
    let table = TextTable(
      columns: [
        .init(name: "service", title: "SERVICE"),
        .init(name: "decisions", title: "DECISIONS", alignsRight: true),
        .init(name: "equal", title: "EQUAL", alignsRight: true),
        .init(name: "first_difference", title: "FIRST DIFFERENCE"),
      ],
      rows: rows.map {
        [$0.service.name, "\($0.decisions)", "\($0.equal)", $0.firstDifference ?? ""]
      })
    try output.write(table) { try rows.jsonText() }
    if policy == nil, rows.contains(where: { $0.equal != $0.decisions }) {
      throw CommandFailure(
        status: .failure, message: "the journal does not give the decisions that were recorded")
    }
  }

  private func compare(
    _ service: ServiceID, _ recovery: Recovery, with store: Store
  ) async throws -> Row {
    var row = Row(service: service, decisions: recovery.decisions.count, equal: 0)
    let recorded = try await store.decisions(of: service, limit: .max).map(\.decision)
    let byNumber = Dictionary(recorded.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    for decision in recovery.decisions {
      let known = byNumber[decision.id]
      if known == decision {
        row.equal += 1
      } else if row.firstDifference == nil {
        row.firstDifference = "\(decision) instead of \(known?.description ?? "nothing")"
      }
    }
    return row
  }
}
