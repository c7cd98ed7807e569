import Domain
import Foundation
import Testing

@testable import Web

@Suite("Routes over a real port")
struct RoutesTests {
  @Test("Every route answers with the headers that protect a browser")
  func everyRoute() async throws {
    let paths = [
      "/", "/dashboard/style.css", "/dashboard/refresh.js", "/dashboard/icon.svg",
      "/v1/services", "/v1/services/shop%2Fcheckout", "/v1/services/unseen/history",
      "/v1/services/unseen/forecast", "/v1/services/unseen/decisions",
      "/v1/services/unseen/accuracy", "/v1/services/shop%2Fcheckout/replicas", "/healthz",
      "/-/healthy", "/readyz", "/-/ready", "/metrics", "/openapi.json",
    ]
    try await withServer { client in
      for path in paths + ["/nothing", "/v1/samples", "/v1/services?x=1"] {
        let answer = try await client.get(path)
        #expect(paths.contains(path) == (answer.status == 200), "\(path): \(answer.status)")
        #expect(
          answer.headers["content-security-policy"] == SecurityHeaders.contentSecurityPolicy,
          "\(path)")
        #expect(answer.headers["x-content-type-options"] == "nosniff", "\(path)")
        #expect(answer.headers["referrer-policy"] == "no-referrer", "\(path)")
        #expect(answer.headers["cross-origin-resource-policy"] == "same-origin", "\(path)")
        #expect(answer.headers["cache-control"] == "no-store", "\(path)")
        #expect(answer.headers["content-type"] != nil, "\(path)")
      }
    }
  }

  @Test("F-32 a process that can only be started anew does not call itself healthy")
  func unhealthy() async throws {
    var services = WebServices.still()
    services.failure = { "the store failed" }
    try await withServer(services) { client in
      for path in ["/healthz", "/-/healthy"] {
        let answer = try await client.get(path)
        #expect(answer.status == 503)
        #expect(answer.body.contains("the store failed"))
      }
    }
  }

  @Test("HEAD has the headers of GET and no body")
  func head() async throws {
    try await withServer { client in
      let get = try await client.get("/v1/services")
      let head = try await client.get("/v1/services", method: "HEAD")
      #expect(head.status == 200)
      #expect(head.body == "")
      #expect(head.headers["content-length"] == get.headers["content-length"])
    }
  }

  @Test(
    "What cannot be answered is a problem document",
    arguments: [
      ("GET", "/v1/nothing", 404, "no-such-route"),
      ("GET", "/v1/services/", 404, "no-such-route"),
      ("GET", "/v1/services/nobody", 404, "unknown-service"),
      ("GET", "/v1/services/no%20body/history", 404, "unknown-service"),
      ("GET", "/v1/services/%ff", 404, "no-such-route"),
      ("GET", "/?service=nobody", 404, "unknown-service"),
      ("DELETE", "/v1/services", 405, "method-not-allowed"),
      ("GET", "/v1/samples", 405, "method-not-allowed"),
      ("PATCH", "/", 405, "method-not-allowed"),
      ("GET", "/v1/services/unseen/history?from=yesterday", 400, "bad-query"),
      (
        "GET", "/v1/services/unseen/history?from=2026-11-23T10:00:00Z&to=2026-11-23T09:00:00Z", 400,
        "bad-query"
      ),
      ("GET", "/v1/services/unseen/history?step=0s", 400, "bad-query"),
      ("GET", "/v1/services/unseen/history?step=1s&from=2026-01-01T00:00:00Z", 400, "bad-query"),
      ("GET", "/v1/services/unseen/history?step=90ms", 400, "bad-query"),
      ("GET", "/v1/services/unseen/history?form=0", 400, "bad-query"),
      ("GET", "/v1/services/unseen/history?step=5m&step=5m", 400, "bad-query"),
      ("GET", "/v1/services/unseen/history?step=%ff", 400, "bad-query"),
      ("GET", "/v1/services/unseen/decisions?limit=0", 400, "bad-query"),
      ("GET", "/v1/services/unseen/decisions?limit=many", 400, "bad-query"),
      ("GET", "/v1/services/unseen/replicas", 503, "unavailable"),
    ])
  func problems(method: String, path: String, status: Int, code: String) async throws {
    try await withServer { client in
      let answer = try await client.get(path, method: method)
      #expect(answer.status == status)
      #expect(answer.headers["content-type"] == "application/problem+json")
      #expect(answer.json["type"] as? String == "urn:scaler:problem:" + code)
      #expect(answer.json["status"] as? Int == status)
      #expect((answer.json["detail"] as? String)?.isEmpty == false)
      if status == 405 { #expect(answer.headers["allow"]?.isEmpty == false) }
      if status == 503 { #expect(answer.headers["retry-after"] == "5") }
    }
  }

  @Test("A service shows what is known, and what is unknown as null")
  func service() async throws {
    try await withServer { client in
      let list = try await client.get("/v1/services").json
      #expect((list["services"] as? [Any])?.count == 2)
      let known = try await client.get("/v1/services/shop%2Fcheckout")
      #expect(
        known.body
          == #"{"id":"shop/checkout","mode":"desired","#
          + #""fleet":{"rate_per_replica":40,"min":3,"max":200},"#
          + #""observed":{"timestamp":"2026-11-23T09:29:57Z","rate":123.5,"queue":0,"ready":5,"#
          + #""pending":1},"target":6,"decided_at":"2026-11-23T09:30:00Z","#
          + #""reason":"forecast 6 (240/s p97.5 at +2m) · observed 4 (124/s) · bounds 3…200","#
          + #""problems":[],"times":{"boot":{"configured_seconds":90,"p50_seconds":84,"#
          + #""p95_seconds":101,"count":34},"lag":{"seconds":15,"measured_seconds":18.5}},"#
          + #""forecast":{"grade":"reactive_only","fitted_at":"2026-11-23T03:30:00Z","#
          + #""exceedance":0.25,"level":0.95},"level_shifted":true,"violation_budget_spent":0.4,"#
          + #""override":null,"frozen_until":null}"#)
      let unknown = try await client.get("/v1/services/unseen")
      #expect(unknown.body.contains(#""rate":null,"queue":null,"ready":null,"pending":null"#))
      #expect(unknown.body.contains(#""target":null"#))
      #expect(
        unknown.body.contains(
          #""forecast":null,"level_shifted":false,"violation_budget_spent":null"#))
    }
  }

  @Test("Accuracy has the horizon's errors and every candidate, and nulls where nothing is known")
  func accuracy() async throws {
    var services = WebServices.still()
    services.accuracy = { id in
      guard id == ServiceStatus.checkout.id else { return nil }
      return AccuracyReport(
        model: "nearest-days", fittedAt: WebServices.present, backtestError: 0.7,
        horizons: [
          AccuracyReport.Horizon(
            lead: .seconds(120), pairs: 9, weightedError: 0.1, bias: -0.05,
            coverage: [AccuracyReport.Coverage(level: 0.95, share: 0.9)])
        ],
        candidates: [
          AccuracyReport.Candidate(
            name: "nearest-days", weight: 1, mase: 0.7, smape: 8, pinball: 0.3,
            losesToSeasonalNaive: false, failure: nil)
        ])
    }
    try await withServer(services) { client in
      let known = try await client.get("/v1/services/shop%2Fcheckout/accuracy")
      #expect(
        known.body
          == #"{"service":"shop/checkout","model":"nearest-days","#
          + #""fitted_at":"2026-11-23T09:30:00Z","backtest_mase":0.7,"#
          + #""horizons":[{"lead_seconds":120,"pairs":9,"wape":0.1,"bias":-0.05,"#
          + #""coverage":[{"level":0.95,"share":0.9}]}],"#
          + #""candidates":[{"name":"nearest-days","weight":1,"mase":0.7,"smape":8,"pinball":0.3,"#
          + #""loses_to_seasonal_naive":false,"failure":null}]}"#)
      let unknown = try await client.get("/v1/services/unseen/accuracy")
      #expect(unknown.body.contains(#""model":null"#))
      #expect(unknown.body.contains(#""horizons":[],"candidates":[]"#))
    }
  }

  @Test("History is on an even grid, with gaps as null and the target that held")
  func history() async throws {
    try await withServer { client in
      let answer = try await client.get(
        "/v1/services/unseen/history?from=2026-11-23T08:00:00%2B01:00&to=1795426200&step=15m")
      let points = try #require(answer.json["points"] as? [[String: Any]])
      #expect(answer.json["step_seconds"] as? Int == 900)
      #expect(points.count == 10)
      #expect(points[0]["timestamp"] as? String == "2026-11-23T07:00:00Z")
      #expect(points[3]["rate"] is NSNull)
      #expect(points[4]["rate"] as? Double == 104)
      #expect(points.map { $0["target"] as? Int } == [4, 4, 4, 4, 6, 6, 6, 6, 6, 6])
    }
  }

  @Test("A forecast names its quantiles, and none is an empty list")
  func forecast() async throws {
    try await withServer { client in
      let known = try await client.get("/v1/services/shop%2Fcheckout/forecast")
      #expect(
        known.body.hasPrefix(
          #"{"service":"shop/checkout","made_at":"2026-11-23T09:30:00Z","model":"dshw","#
            + #""step_seconds":300,"points":[{"timestamp":"2026-11-23T09:30:00Z","mean":100,"#
            + #""p10":80,"p50":100,"p90":120},"#))
      let none = try await client.get("/v1/services/unseen/forecast")
      #expect((none.json["points"] as? [Any])?.isEmpty == true)
      #expect(none.json["made_at"] is NSNull)
    }
  }

  @Test("Decisions come with the line that the log has, at most as many as asked")
  func decisions() async throws {
    try await withServer { client in
      let answer = try await client.get("/v1/services/shop%2Fcheckout/decisions?limit=3")
      let decisions = try #require(answer.json["decisions"] as? [[String: Any]])
      #expect(decisions.map { $0["id"] as? Int } == [100, 99, 98])
      #expect(
        decisions[0]["line"] as? String
          == "09:30:00Z shop/checkout 5→6  forecast 6 (240/s p97.5 at +2m) · observed 4 (124/s) · "
          + "bounds 3…200")
      #expect((decisions[0]["trail"] as? [[String: String]])?[2]["rule"] == "bounds")
    }
  }

  @Test("Replicas are vouched for or refused, never made up")
  func replicas() async throws {
    try await withServer { client in
      let answer = try await client.get("/v1/services/shop%2Fcheckout/replicas")
      #expect(answer.body == #"{"replicas":6,"floor":4,"age_seconds":7}"#)
    }
    var services = WebServices.still()
    services.replicas = { _ in
      .known(
        replicas: 0, floor: 0, decidedAt: WebServices.present - .seconds(120),
        validUntil: WebServices.present - .seconds(60))
    }
    let old = try await withServer(services) {
      try await $0.get("/v1/services/shop%2Fcheckout/replicas")
    }
    #expect(old.status == 503)
    #expect((old.json["detail"] as? String)?.contains("120 s old") == true)
  }

  @Test("A failing store is 503, and its secrets stay in the log")
  func failingStore() async throws {
    var services = WebServices.still()
    services.samples = { _, _, _ in throw StoreIsGone() }
    services.ingest = { _ in throw StoreIsGone() }
    services.readiness = { [ReadinessCheck(name: "store", passes: false, detail: "Gone.")] }
    try await withServer(services) { client in
      let sample = """
        {"samples":[{"service":"a","metric":"rate","timestamp":1795426200,"value":1}]}
        """
      for answer in [
        try await client.get("/v1/services/unseen/history"), try await client.get("/"),
        try await client.post("/v1/samples", sample),
      ] {
        #expect(answer.status == 503)
        #expect(answer.json["type"] as? String == "urn:scaler:problem:unavailable")
        #expect(!answer.body.contains("secret"))
      }
      let ready = try await client.get("/readyz")
      #expect(ready.status == 503)
      #expect(ready.json["status"] as? String == "not ready")
      #expect(try await client.get("/healthz").status == 200)
    }
  }

  @Test("The OpenAPI document lists exactly the routes of the API")
  func openAPI() throws {
    let table = WebServer.routes(
      WebConfiguration(address: try ListenAddress("127.0.0.1:0")), .still(), RequestLog(), PushLog()
    )
    let routes = Set(
      table.endpoints.map { "\("\($0.method)".lowercased()) \($0.template)" }
        .filter { !$0.contains("/dashboard/") && $0 != "get /" })
    let document = try JSONSerialization.jsonObject(with: Data(OpenAPIDocument.json.text.utf8))
    let paths = try #require((document as? [String: Any])?["paths"] as? [String: [String: Any]])
    let described = Set(
      paths.flatMap { path, item in
        item.keys.filter { $0 != "parameters" }.map { "\($0) \(path)" }
      })
    #expect(routes == described)
  }
}
