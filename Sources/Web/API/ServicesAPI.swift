import Domain
import HummingbirdCore

/// `GET /v1/services`, `/v1/services/{id}` and `…/replicas`: what is known now.
struct ServicesAPI: Sendable {
  let services: WebServices

  var endpoints: [Endpoint] {
    [
      .get("/v1/services") { _ in
        let list = await services.services()
        return .json(["format_version": 1, "services": .array(list.map(Self.json))])
      },
      .get("/v1/services/{id}") { call in
        let status = try await services.named(call)
        return .json(Self.json(status))
      },
      .get("/v1/services/{id}/replicas") { call in
        let status = try await services.named(call)
        return try Self.replicas(
          await services.replicas(status.id), of: status.id, now: services.now())
      },
    ]
  }

  static func json(_ status: ServiceStatus) -> JSON {
    let seen = status.observation
    let decision = status.decision
    return [
      "id": .string(status.id.name), "mode": .string(status.mode.rawValue),
      "fleet": [
        "rate_per_replica": .number(status.ratePerReplica),
        "min": .integer(Int64(status.minimum)), "max": .integer(Int64(status.maximum)),
      ],
      "observed": [
        "timestamp": .optional(seen?.time.description), "rate": .optional(seen?.rate),
        "queue": .optional(seen?.queue), "ready": .optional(seen?.ready),
        "pending": .optional(seen?.pending?.reduce(0) { $0 + $1.count }),
      ],
      "target": .optional(decision?.target),
      "decided_at": .optional(decision?.time.description),
      "reason": .optional(decision?.reason),
      "problems": .array(status.problems.map(JSON.string)),
      "times": status.times?.json ?? .null,
      "forecast": status.forecast?.json ?? .null,
      "level_shifted": .bool(status.isLevelShifted),
      "violation_budget_spent": .optional(status.violationBudgetSpent),
      "override": status.override?.json ?? .null,
      "frozen_until": .optional(status.frozenUntil?.description),
    ]
  }

  /// Never a made-up size: what is not known, or too old to act on, is 503, and the scaler outside
  /// holds what it has.
  private static func replicas(_ answer: ReplicaAnswer, of service: ServiceID, now: Timestamp)
    throws(Problem) -> Response
  {
    switch answer {
    case .unknown(let reason):
      throw .unavailable("The replicas of \(service) cannot be vouched for: \(reason)")
    case .known(let replicas, let floor, let decidedAt, let validUntil):
      let age = now.seconds - decidedAt.seconds
      guard now <= validUntil else {
        throw .unavailable(
          "The replicas of \(service) cannot be vouched for: the decision is \(age) s old.")
      }
      return .json([
        "replicas": .integer(Int64(replicas)), "floor": .integer(Int64(floor)),
        "age_seconds": .integer(max(0, age)),
      ])
    }
  }
}

extension WebServices {
  /// The service that the path names.
  ///
  /// - Throws: 404 for a name that no service can have and for one that none has.
  func named(_ call: Call) async throws(Problem) -> ServiceStatus {
    let name = call.path["id"] ?? ""
    guard let id = ServiceID(name), let status = await service(id) else {
      throw .unknownService(name)
    }
    return status
  }
}
