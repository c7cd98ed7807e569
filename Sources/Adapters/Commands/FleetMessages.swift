import Domain
import Foundation

/// The JSON that our own kinds of platform (`webhook`, `exec`) speak. Fields may be added; unknown
/// ones are to be ignored by both sides.
enum FleetMessages {
  static let formatVersion = 1

  /// Asks for fleets: `{"format_version":1,"operation":"observe","services":["web"],"time":"…"}`.
  struct ObserveRequest: Codable, Equatable {
    var formatVersion = FleetMessages.formatVersion
    var operation = "observe"
    var services: [ServiceID]
    var time: Timestamp
  }

  /// `{"services":[{"id":"web","ready":3,"pending":2,"min":1,"max":10}]}`; what is left out is
  /// unknown. `pending` is a count or `[{"count":2,"since":"…","warm":false}]`.
  struct ObserveAnswer: Decodable {
    var services: [Fleet]

    struct Fleet: Decodable {
      var id: String
      var ready: Int?
      var pending: Pending?
      var warm: Int?
      var min: Int?
      var max: Int?
    }

    enum Pending: Decodable {
      case count(Int)
      case batches([Batch])

      struct Batch: Decodable {
        var count: Int
        var since: Timestamp
        var warm: Bool?
      }

      init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let count = try? container.decode(Int.self) {
          self = .count(count)
        } else {
          self = .batches(try container.decode([Batch].self))
        }
      }
    }
  }

  /// What is to be done, as the data of an event and as the input of a program.
  struct Command: Codable, Equatable {
    var formatVersion = FleetMessages.formatVersion
    var operation = "apply"
    var decisionId: Int64
    var service: ServiceID
    var kind: ScaleCommand.Kind
    var replicas: Int
    var fencingToken: Int64
    var validUntil: Timestamp
    var reason: String

    init(_ command: ScaleCommand) {
      decisionId = command.decision.number
      service = command.service
      kind = command.kind
      replicas = command.replicas
      fencingToken = command.fencingToken
      validUntil = command.validUntil
      reason = command.reason
    }
  }

  /// `{"result":"accepted","replicas":8}`, `{"result":"unchanged"}` or
  /// `{"result":"refused","reason":"…"}`.
  struct CommandAnswer: Decodable {
    enum Verdict: String, Decodable { case accepted, unchanged, refused }

    var result: Verdict
    var replicas: Int?
    var reason: String?
  }

  static func encode(_ message: some Encodable) throws(CloudError) -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    do {
      return [UInt8](try encoder.encode(message))
    } catch {
      throw .malformed("the message cannot be written")
    }
  }

  /// The outcome that an answer states; an answer that states none is no acknowledgement.
  static func outcome(
    _ body: [UInt8], of command: ScaleCommand
  ) throws(CloudError) -> ScaleOutcome {
    let answer: CommandAnswer
    do {
      answer = try JSONDecoder().decode(CommandAnswer.self, from: Data(body))
    } catch {
      throw .malformed("the answer acknowledges nothing: \(excerpt(body))")
    }
    switch answer.result {
    case .accepted: return .accepted(replicas: max(0, answer.replicas ?? command.replicas))
    case .unchanged: return .unchanged
    case .refused: return .refused(answer.reason ?? "no reason given")
    }
  }

  /// Readings in the asked order. A negative count is no count.
  static func readings(
    _ body: [UInt8], of services: [ServiceID], at time: Timestamp
  ) -> [FleetReading] {
    guard let answer = try? JSONDecoder().decode(ObserveAnswer.self, from: Data(body)) else {
      let reading = FleetReading(problem: "the answer names no fleets: \(excerpt(body))")
      return services.map { _ in reading }
    }
    return services.map { service in
      let fleets = answer.services.filter { $0.id == service.name }
      guard fleets.count == 1, let fleet = fleets.first else {
        return FleetReading(
          problem: fleets.isEmpty
            ? "the answer does not name \(service)" : "the answer names \(service) twice")
      }
      return reading(fleet, at: time)
    }
  }

  private static func reading(_ fleet: ObserveAnswer.Fleet, at time: Timestamp) -> FleetReading {
    let counts = [fleet.ready, fleet.warm, fleet.min, fleet.max].compactMap { $0 }
    let pending: [PendingBatch]? =
      switch fleet.pending {
      case .count(let count): count == 0 ? [] : [PendingBatch(count: count, since: time)]
      case .batches(let batches):
        batches.map { PendingBatch(count: $0.count, since: $0.since, isWarm: $0.warm ?? false) }
          .sorted { $0.since < $1.since }
      case nil: nil
      }
    guard (counts + (pending ?? []).map(\.count)).allSatisfy({ (0...10_000_000).contains($0) })
    else { return FleetReading(problem: "the answer for \(fleet.id) holds an impossible count") }
    return FleetReading(
      ready: fleet.ready, pending: pending, warm: fleet.warm, min: fleet.min, max: fleet.max)
  }

  static func excerpt(_ body: [UInt8]) -> String {
    HTTPResponse(status: 0, body: body).excerpt
  }
}
