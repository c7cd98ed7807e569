import Domain
import HTTPTypes
import HummingbirdCore
import NIOCore

/// Overrides, freezes and announced events: what a person says to the running service. Whatever
/// holds the size ends by itself, so that nobody has to remember to lift it.
struct OperatorAPI: Sendable {
  let services: WebServices

  /// A freeze without a stated end lasts so long.
  static let freezeLength = Duration.seconds(3600)
  /// Nothing is held for longer.
  static let longest = Duration.seconds(90 * 86_400)
  static let bodyLimit = 1 << 20

  var endpoints: [Endpoint] {
    [
      Endpoint(method: .put, template: "/v1/services/{id}/override") { call in
        let status = try await services.named(call)
        let fields = try await fields(of: call, known: ["replicas", "until", "for"])
        let size = FixedSize(
          replicas: try fields.count("replicas", in: status.minimum...status.maximum),
          until: try end(fields, otherwise: nil))
        try await taken { try await $0.override(status.id, size) }
        return .json(["service": .string(status.id.name), "override": size.json])
      },
      Endpoint(method: .delete, template: "/v1/services/{id}/override") { call in
        let status = try await services.named(call)
        try await taken { try await $0.override(status.id, nil) }
        return .json(["service": .string(status.id.name), "override": .null])
      },
      Endpoint(method: .post, template: "/v1/freeze") { call in
        let fields = try await fields(of: call, known: ["until", "for"])
        let until = try end(fields, otherwise: Self.freezeLength)
        try await taken { try await $0.freeze(until) }
        return .json(["frozen_until": .string(until.description)])
      },
      Endpoint(method: .delete, template: "/v1/freeze") { _ in
        try await taken { try await $0.freeze(nil) }
        return .json(["frozen_until": .null])
      },
      Endpoint(method: .post, template: "/v1/events") { call in
        let event = try await announcement(in: call)
        try await taken { try await $0.announce(event) }
        return .json(["event": event.json])
      },
      Endpoint(method: .delete, template: "/v1/events", parameters: ["name"]) { call in
        guard let name = call.query.text("name") else {
          throw Problem.badQuery("name", "Say which event: ?name=….")
        }
        let known = try await taken { try await $0.withdraw(name) }
        guard known else {
          throw Problem(
            status: .notFound, code: "unknown-event", title: "Unknown event",
            detail: "No event named \"\(name)\" was announced here; one that stands in the "
              + "configuration is taken out there.")
        }
        return .json(["withdrawn": .string(name)])
      },
    ]
  }

  private func taken<Answer>(
    _ say: (OperatorDesk) async throws -> Answer
  ) async throws -> Answer {
    guard let desk = services.desk else {
      throw Problem.unavailable("This server only shows; it takes no operator's word.")
    }
    do {
      return try await say(desk)
    } catch let refusal as OperatorRefusal {
      throw Problem(
        status: .unprocessableContent, code: "refused", title: "Not taken",
        detail: refusal.reason)
    }
  }

  /// An empty body stands for `{}`.
  private func fields(of call: Call, known: [String]) async throws -> RequestFields {
    try IngestBody.check(call.request, coding: "identity")
    let buffer = try await IngestBody(limit: Self.bodyLimit).collected(call.request)
    guard buffer.readableBytes > 0 else {
      return try RequestFields(parsing: Array("{}".utf8), known: known)
    }
    guard IngestBody.mediaType(of: call.request) == "application/json" else {
      throw Problem.unsupportedMedia("Send Content-Type: application/json.")
    }
    return try RequestFields(parsing: Array(buffer.readableBytesView), known: known)
  }

  /// When what is said ends: `until` an instant, or `for` a length of time from now.
  private func end(
    _ fields: RequestFields, otherwise length: Duration?
  ) throws(Problem) -> Timestamp {
    let now = services.now()
    guard !(fields.has("until") && fields.has("for")) else {
      throw RequestFields.refusal("until", "and \"for\" exclude each other")
    }
    let until: Timestamp
    if fields.has("for") {
      until = now + (try fields.duration("for"))
    } else if !fields.has("until"), let length {
      until = now + length
    } else {
      until = try fields.time("until")
    }
    guard until > now, until <= now + Self.longest else {
      throw RequestFields.refusal(
        fields.has("for") ? "for" : "until",
        "is to end after now (\(now)) and within \(Self.longest.shortText)")
    }
    return until
  }

  private func announcement(in call: Call) async throws -> EventAnnouncement {
    let fields = try await fields(
      of: call, known: ["name", "services", "from", "to", "uplift", "rise", "fall"])
    let name = try fields.text("name")
    guard (1...200).contains(name.utf8.count) else {
      throw RequestFields.refusal("name", "has 1 to 200 bytes")
    }
    var ids: [ServiceID] = []
    for text in try fields.texts("services") {
      guard let id = ServiceID(text), await services.service(id) != nil else {
        throw Problem.unknownService(text)
      }
      ids.append(id)
    }
    guard !ids.isEmpty else { throw RequestFields.refusal("services", "names none") }
    let isLearned = (try? fields.text("uplift")) == "learned"
    let event = EventAnnouncement(
      name: name, services: ids, from: try fields.time("from"), to: try fields.time("to"),
      uplift: isLearned ? nil : try fields.number("uplift", in: 0.01...1000),
      rise: try fields.duration("rise"), fall: try fields.duration("fall"))
    guard event.from < event.to else { throw RequestFields.refusal("to", "comes after \"from\"") }
    return event
  }
}

extension FixedSize {
  var json: JSON {
    ["replicas": .integer(Int64(replicas)), "until": .string(until.description)]
  }
}

extension EventAnnouncement {
  fileprivate var json: JSON {
    [
      "name": .string(name), "services": .array(services.map { .string($0.name) }),
      "from": .string(from.description), "to": .string(to.description),
      "uplift": uplift.map { .number($0) } ?? .string("learned"),
      "rise": .string(rise.shortText), "fall": .string(fall.shortText),
    ]
  }
}
