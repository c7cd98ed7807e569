import Domain
import HummingbirdCore

/// `GET /v1/services/{id}/decisions?limit`: the newest decisions with their reasons, newest first.
struct DecisionsAPI: Sendable {
  let services: WebServices

  var endpoints: [Endpoint] {
    [
      .get("/v1/services/{id}/decisions", parameters: ["limit"]) { call in
        let status = try await services.named(call)
        let limit = try call.query.count("limit", within: 1...1000) ?? 50
        let decisions = try await services.decisions(status.id, limit)
        return .json([
          "service": .string(status.id.name),
          "decisions": .array(decisions.prefix(limit).map(Self.json)),
        ])
      }
    ]
  }

  static func json(_ decision: Decision) -> JSON {
    [
      "id": .integer(decision.id.number), "timestamp": .string(decision.time.description),
      "current": .optional(decision.current), "target": .integer(Int64(decision.target)),
      "reactive_target": .optional(decision.reactiveTarget),
      "line": .string(decision.description),
      "trail": .array(
        decision.trail.map { ["rule": .string($0.kind), "text": .string($0.description)] }),
    ]
  }
}
