import Domain
import Foundation

extension Reserve {
  /// One write that the store could not take.
  enum Record: Sendable, Equatable {
    case events(first: Int64, [JournalEntry])
    case decisions([Decision], [ScaleCommand])
    case outcome(DecisionID, ServiceID, ScaleOutcome, at: Timestamp)
  }
}

extension Reserve.Record {
  /// JSON with a checksum behind it.
  var encoded: [UInt8] {
    get throws {
      var writer = BlobWriter(capacity: 1024)
      for byte in try JSONEncoder().encode(Form(self)) { writer.byte(byte) }
      return writer.sealed()
    }
  }

  /// Nil for bytes that are not what was encoded.
  init?(encoded: [UInt8]) {
    let isWhole = encoded.withUnsafeBytes { (try? BlobReader($0)) != nil }
    guard isWhole, let form = try? JSONDecoder().decode(Form.self, from: Data(encoded.dropLast(4))),
      let record = form.record
    else { return nil }
    self = record
  }

  /// How a record is written: one of the fields is there.
  private struct Form: Codable {
    struct Entry: Codable {
      var service: ServiceID
      var time: Timestamp
      var kind: String
      var version: Int
      var bytes: Data
      var model: String?
    }

    struct Outcome: Codable {
      var decision: DecisionID
      var service: ServiceID
      var outcome: ScaleOutcome
      var time: Timestamp
    }

    var first: Int64?
    var entries: [Entry]?
    var decisions: [Decision]?
    var commands: [ScaleCommand]?
    var outcome: Outcome?

    init(_ record: Reserve.Record) {
      switch record {
      case .events(let first, let entries):
        self.first = first
        self.entries = entries.map {
          Entry(
            service: $0.service, time: $0.time, kind: $0.kind, version: $0.version,
            bytes: Data($0.bytes), model: $0.model)
        }
      case .decisions(let decisions, let commands):
        self.decisions = decisions
        self.commands = commands
      case .outcome(let decision, let service, let outcome, let time):
        self.outcome = Outcome(decision: decision, service: service, outcome: outcome, time: time)
      }
    }

    var record: Reserve.Record? {
      if let first, let entries {
        return .events(
          first: first,
          entries.map {
            JournalEntry(
              service: $0.service, time: $0.time, kind: $0.kind, version: $0.version,
              bytes: [UInt8]($0.bytes), model: $0.model)
          })
      }
      if let decisions, let commands { return .decisions(decisions, commands) }
      return outcome.map { .outcome($0.decision, $0.service, $0.outcome, at: $0.time) }
    }
  }
}
