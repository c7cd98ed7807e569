import Domain
import HTTPTypes
import HummingbirdCore

/// `/healthz` (this process does its work) and `/readyz` (work may be sent here), with the names that
/// Prometheus users know as aliases.
struct HealthAPI: Sendable {
  let services: WebServices

  var endpoints: [Endpoint] {
    ["/healthz", "/-/healthy"].map { path in
      .get(path) { _ in
        guard let failure = services.failure() else { return .json(["status": "ok"]) }
        return .json(
          ["status": "failed", "detail": .string(failure)], status: .serviceUnavailable)
      }
    }
      + ["/readyz", "/-/ready"].map { path in
        .get(path) { _ in Self.answer(await services.readiness()) }
      }
  }

  private static func answer(_ checks: [ReadinessCheck]) -> Response {
    let isReady = checks.allSatisfy(\.passes)
    let list = checks.map { check -> JSON in
      [
        "name": .string(check.name), "passes": .bool(check.passes),
        "detail": .string(check.detail),
      ]
    }
    return .json(
      ["status": isReady ? "ready" : "not ready", "checks": .array(list)],
      status: isReady ? .ok : .serviceUnavailable)
  }
}
