import Domain
import Synchronization
import Testing

@testable import Web

/// Writes down what an operator said.
private final class Spoken: Sendable {
  private let words = Mutex<[String]>([])

  var all: [String] { words.withLock { $0 } }

  var services: WebServices {
    var services = WebServices.still()
    services.desk = OperatorDesk(
      override: { id, size in
        self.say("\(id) \(size.map { "\($0.replicas) until \($0.until)" } ?? "lifted")")
      },
      freeze: { until in self.say("freeze \(until?.description ?? "lifted")") },
      announce: { event in
        guard event.name != "taken" else { throw OperatorRefusal("it stands in the configuration") }
        self.say(
          "\(event.name) \(event.services) \(event.from) \(event.to) "
            + "\(event.uplift.map { "\($0)" } ?? "learned") \(event.rise.shortText)")
      },
      withdraw: { name in
        self.say("withdraw \(name)")
        return name == "sale"
      })
    return services
  }

  private func say(_ word: String) { words.withLock { $0.append(word) } }
}

@Suite("What an operator says over HTTP")
struct OperatorTests {
  private let override = "/v1/services/shop%2Fcheckout/override"

  @Test("an override is fixed until an instant or for a length of time, and lifted")
  func overrides() async throws {
    let spoken = Spoken()
    try await withServer(spoken.services) { client in
      let fixed = try await client.send(
        "PUT", self.override, #"{"replicas": 12, "until": "2026-11-23T10:30:00Z"}"#)
      #expect(fixed.status == 200)
      #expect((fixed.json["override"] as? [String: Any])?["replicas"] as? Int == 12)
      let brief = try await client.send("PUT", self.override, #"{"replicas":3,"for":"90s"}"#)
      #expect(brief.status == 200)
      #expect(try await client.get(self.override, method: "DELETE").status == 200)
    }
    #expect(
      spoken.all == [
        "shop/checkout 12 until 2026-11-23T10:30:00Z",
        "shop/checkout 3 until 2026-11-23T09:31:30Z", "shop/checkout lifted",
      ])
  }

  @Test("a freeze ends after an hour unless another end is stated")
  func freezes() async throws {
    let spoken = Spoken()
    try await withServer(spoken.services) { client in
      let plain = try await client.send("POST", "/v1/freeze", "")
      #expect(plain.status == 200)
      #expect(plain.json["frozen_until"] as? String == "2026-11-23T10:30:00Z")
      #expect(try await client.post("/v1/freeze", #"{"for": "10m"}"#).status == 200)
      #expect(try await client.get("/v1/freeze", method: "DELETE").status == 200)
    }
    #expect(
      spoken.all == [
        "freeze 2026-11-23T10:30:00Z", "freeze 2026-11-23T09:40:00Z", "freeze lifted",
      ])
  }

  @Test("an event is announced with its uplift, given or learned, and taken back")
  func events() async throws {
    let spoken = Spoken()
    try await withServer(spoken.services) { client in
      let given = """
        {"name": "sale", "services": ["shop/checkout"], "from": "2026-11-27T08:00:00Z", \
        "to": "2026-11-27T23:00:00Z", "uplift": 3, "rise": "10m"}
        """
      #expect(try await client.post("/v1/events", given).status == 200)
      let learned = given.replacing("\"uplift\": 3", with: "\"uplift\": \"learned\"")
      #expect(try await client.post("/v1/events", learned).status == 200)
      #expect(try await client.get("/v1/events?name=sale", method: "DELETE").status == 200)
      #expect(try await client.get("/v1/events?name=none", method: "DELETE").status == 404)
      let taken = try await client.post("/v1/events", given.replacing("sale", with: "taken"))
      #expect(taken.status == 422)
      #expect(taken.json["detail"] as? String == "it stands in the configuration")
    }
    let said = "sale [shop/checkout] 2026-11-27T08:00:00Z 2026-11-27T23:00:00Z"
    #expect(
      spoken.all == ["\(said) 3.0 10m", "\(said) learned 10m", "withdraw sale", "withdraw none"])
  }

  @Test(
    "what makes no sense is refused and changes nothing",
    arguments: [
      ("PUT", "override", #"{"replicas": 2, "for": "1h"}"#, 400),  // below the least size
      ("PUT", "override", #"{"replicas": 201, "for": "1h"}"#, 400),
      ("PUT", "override", #"{"replicas": 4.5, "for": "1h"}"#, 400),
      ("PUT", "override", #"{"replicas": "5", "for": "1h"}"#, 400),
      ("PUT", "override", #"{"replicas": 5}"#, 400),
      ("PUT", "override", #"{"replicas": 5, "for": "1h", "until": "2026-11-23T10:30:00Z"}"#, 400),
      ("PUT", "override", #"{"replicas": 5, "until": "2026-11-23T09:30:00Z"}"#, 400),
      ("PUT", "override", #"{"replicas": 5, "for": "91d"}"#, 400),
      ("PUT", "override", #"{"replicas": 5, "for": "soon"}"#, 400),
      ("PUT", "override", #"{"replicas": 5, "untill": "2026-11-23T10:30:00Z"}"#, 400),
      ("PUT", "override", #"{"replicas": 5, "replicas": 6, "for": "1h"}"#, 400),
      ("PUT", "override", #"{"replicas": 5, "for": "1h""#, 400),
      ("PUT", "override", "[]", 400),
      ("PUT", "override", "", 400),
      ("POST", "freeze", #"{"for": "0s"}"#, 400),
      ("POST", "events", #"{"name": "sale"}"#, 400),
      ("POST", "events", #"{"name":"s","services":[],"from":1,"to":2,"uplift":2}"#, 400),
      ("POST", "events", #"{"name":"s","services":["no"],"from":1,"to":2,"uplift":2}"#, 404),
      ("POST", "events", #"{"name":"s","services":["unseen"],"from":2,"to":2,"uplift":2}"#, 400),
      ("POST", "events", #"{"name":"s","services":["unseen"],"from":1,"to":2,"uplift":"x"}"#, 400),
      ("DELETE", "events", "", 400),
    ])
  func refuses(method: String, what: String, body: String, status: Int) async throws {
    let spoken = Spoken()
    let path = what == "override" ? override : "/v1/\(what)"
    try await withServer(spoken.services) { client in
      let answer = try await client.send(method, path, body)
      #expect(answer.status == status, "\(answer.body)")
      #expect(answer.headers["content-type"] == "application/problem+json")
    }
    #expect(spoken.all.isEmpty)
  }

  @Test("another site's page and a form of text are refused")
  func foreign() async throws {
    let spoken = Spoken()
    try await withServer(spoken.services) { client in
      let page = try await client.send(
        "POST", "/v1/freeze", "{}", headers: ["Origin: https://elsewhere.example"])
      #expect(page.status == 403)
      #expect(try await client.post("/v1/freeze", "{}", type: "text/plain").status == 415)
    }
    #expect(spoken.all.isEmpty)
  }

  @Test("a server without an operator's desk says so")
  func shows() async throws {
    try await withServer { client in
      let answer = try await client.post("/v1/freeze", "{}")
      #expect(answer.status == 503)
    }
  }
}

extension RawClient {
  fileprivate func send(
    _ method: String, _ path: String, _ body: String, headers: [String] = []
  ) async throws -> Answer {
    let fields = [
      "Content-Type: application/json", "Content-Length: \(body.utf8.count)", "Connection: close",
    ]
    return try await exchange(head(method, path, headers + fields) + body)
  }
}
