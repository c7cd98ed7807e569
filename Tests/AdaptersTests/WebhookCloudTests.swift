import Domain
import Foundation
import TestSupport
import Testing

@testable import Adapters

@Suite("SHA-256")
struct SHA256Tests {
  private func hex(_ bytes: [UInt8]) -> String {
    bytes.map { String(format: "%02x", $0) }.joined()
  }

  @Test(
    "gives the digests of FIPS 180-4's examples",
    arguments: [
      ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
      ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
      (
        "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
      ),
    ])
  func digests(message: String, digest: String) {
    #expect(hex(SHA256.hash(Array(message.utf8))) == digest)
  }

  @Test("authenticates as RFC 4231's test cases 2 and 6 do")
  func authentication() {
    #expect(
      hex(SHA256.authenticate(Array("what do ya want for nothing?".utf8), key: Array("Jefe".utf8)))
        == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
    #expect(
      hex(
        SHA256.authenticate(
          Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8),
          key: [UInt8](repeating: 0xaa, count: 131)))
        == "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54")
  }

  @Test("signs as the Standard Webhooks specification's libraries do")
  func webhook() throws {
    // The vector of the specification's reference libraries (standard-webhooks 1.0, Python tests).
    let signature = WebhookSignature(.value("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"))
    let headers = try signature.headers(
      id: "msg_p5jXN8AQM9LWM0D4loKWxJek", time: Timestamp(seconds: 1_614_265_330),
      body: Array(#"{"test": 2432232314}"#.utf8))
    #expect(headers.last?.value == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")
    #expect(throws: HTTPError.self) {
      try WebhookSignature(.value("whsec_short")).headers(
        id: "a", time: Timestamp(seconds: 0), body: [])
    }
  }
}

@Suite("The webhook cloud")
struct WebhookCloudTests {
  private let web: ServiceID
  private let shop: ServiceID
  private let now = Timestamp(seconds: 1_800_000_000)

  init() throws {
    web = try #require(ServiceID("web"))
    shop = try #require(ServiceID("shop"))
  }

  private func cloud(
    _ server: ScriptedServer, timeLimit: Duration = .seconds(20), retry: RetryPolicy = .never
  ) -> WebhookCloud {
    WebhookCloud(
      url: server.url + "/scale", secret: .value("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"),
      timeLimit: timeLimit, retry: retry, now: { [now] in now })
  }

  private func command(validFor: Duration = .seconds(60)) -> ScaleCommand {
    ScaleCommand(
      decision: DecisionID(7), service: web, kind: .desired, replicas: 8, fencingToken: 3,
      validUntil: now + validFor)
  }

  private func outcome(_ reply: ScriptedServer.Reply) async throws -> Result<
    ScaleOutcome, CloudError
  > {
    let server = try ScriptedServer { _, _ in reply }
    let isSilent = if case .hang = reply { true } else { false }
    let cloud = cloud(server, timeLimit: isSilent ? .milliseconds(300) : .seconds(20))
    do throws(CloudError) {
      return .success(try await cloud.apply(command()))
    } catch {
      return .failure(error)
    }
  }

  @Test("a command is a CloudEvent, signed, with one id for all attempts")
  func event() async throws {
    let server = try ScriptedServer { _, number in
      number == 1 ? .answer(503) : .answer(200, body: #"{"result":"accepted","replicas":6}"#)
    }
    let retry = RetryPolicy(attempts: 3, base: .milliseconds(1))
    #expect(try await cloud(server, retry: retry).apply(command()) == .accepted(replicas: 6))
    let id = "web-3-7-1800000060"
    #expect(server.requests.map { $0.headers["webhook-id"] } == [id, id])
    let request = try #require(server.requests.first)
    #expect(request.method == "POST")
    #expect(request.headers["content-type"] == "application/cloudevents+json")
    #expect(
      request.text
        == #"{"data":{"decision_id":7,"fencing_token":3,"format_version":1,"kind":"desired","#
        + #""operation":"apply","reason":"","replicas":8,"service":"web","valid_until":"2027-01-15T08:01:00Z"},"#
        + #""datacontenttype":"application/json","id":"web-3-7-1800000060","source":"scaler","specversion":"1.0","#
        + #""subject":"web","time":"2027-01-15T08:00:00Z","type":"scaler.scale.desired"}"#)
    let expected = try WebhookSignature(.value("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")).headers(
      id: id, time: now, body: request.body)
    #expect(request.headers["webhook-signature"] == expected.last?.value)
  }

  @Test("F-47 F-48 F-49 F-50 F-57 every answer means one thing to the caller")
  func answers() async throws {
    #expect(
      try await outcome(.answer(200, body: #"{"result":"unchanged"}"#)) == .success(.unchanged))
    #expect(
      try await outcome(.answer(200, body: #"{"result":"refused","reason":"quota"}"#))
        == .success(.refused("quota")))
    let failures: [(ScriptedServer.Reply, String)] = [
      (.answer(200, body: "<html>ok</html>"), "malformed"), (.answer(204), "malformed"),
      (.answer(302, headers: ["Location": "/x"]), "malformed"), (.answer(401), "denied"),
      (.answer(403), "denied"), (.answer(404), "notFound"), (.answer(410), "notFound"),
      (.answer(409), "conflict"), (.answer(503), "unavailable"), (.answer(500), "unknownResult"),
      (.cut, "unknownResult"), (.hang, "unknownResult"), (.flood, "unknownResult"),
    ]
    for (reply, expected) in failures {
      guard case .failure(let error) = try await outcome(reply) else {
        Issue.record("\(reply) was taken for an answer")
        continue
      }
      #expect("\(error)".hasPrefix(expected), "\(reply)")
    }
    #expect(
      try await outcome(.answer(429, headers: ["Retry-After": "7"], body: "slow down"))
        == .failure(.unavailable("slow down (HTTP 429)", retryAfter: .seconds(7))))
  }

  @Test("a command that is no longer valid is not sent")
  func late() async throws {
    let server = try ScriptedServer { _, _ in .answer(200) }
    #expect(
      try await cloud(server).apply(command(validFor: .zero))
        == .notSent("the command was valid until 2027-01-15T08:00:00Z"))
    #expect(server.requests.isEmpty)
  }

  @Test("readings come in the asked order; what the answer lacks or cannot mean is unknown")
  func readings() async throws {
    let server = try ScriptedServer { _, _ in
      .answer(
        200,
        body: #"""
          {"services":[
            {"id":"web","ready":3,"pending":2,"min":1,"max":10},
            {"id":"shop","ready":4,"pending":[{"count":1,"since":"2027-01-15T07:59:00Z"}],"warm":1},
            {"id":"lying","ready":-1}, {"id":"twice"}, {"id":"twice"}]}
          """#)
    }
    let names = ["shop", "web", "absent", "lying", "twice"]
    let services = try names.map { try #require(ServiceID($0)) }
    let readings = await cloud(server).observe(services, at: now)
    #expect(
      readings == [
        FleetReading(
          ready: 4, pending: [PendingBatch(count: 1, since: now - .seconds(60))], warm: 1),
        FleetReading(ready: 3, pending: [PendingBatch(count: 2, since: now)], min: 1, max: 10),
        FleetReading(problem: "the answer does not name absent"),
        FleetReading(problem: "the answer for lying holds an impossible count"),
        FleetReading(problem: "the answer names twice twice"),
      ])
    #expect(server.requests.count == 1)
    let down = try ScriptedServer { _, _ in .answer(500, body: "oh") }
    let unknown = await cloud(down).observe([web, shop], at: now)
    #expect(unknown.map(\.problem) == ["oh (HTTP 500)", "oh (HTTP 500)"])
  }

  @Test("link-local addresses are not spoken to")
  func linkLocal() async throws {
    let cloud = WebhookCloud(
      url: "http://169.254.169.254/latest", secret: nil, timeLimit: .milliseconds(300),
      retry: .never, now: { [now] in now })
    await #expect(throws: CloudError.self) { try await cloud.apply(command()) }
  }
}
