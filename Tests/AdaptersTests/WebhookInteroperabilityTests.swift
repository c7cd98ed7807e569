import Domain
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Adapters

/// What we sign is verified by a program that shares no line with us.
@Suite("Webhooks and others", .enabled(if: isInstalled("python3"), "needs python3"))
struct WebhookInteroperabilityTests {
  /// After the Standard Webhooks specification 1.0.0: the signed text is `id.timestamp.body`, the key
  /// is the base64 behind `whsec_`, a signature is `v1,` and base64 of HMAC-SHA256. Prints the event
  /// if one of the signatures is right, and fails otherwise.
  private static let verifier = #"""
    import base64, hashlib, hmac, json, sys
    message = json.load(sys.stdin)
    key = base64.b64decode(message["secret"].removeprefix("whsec_"))
    body = base64.b64decode(message["body"])
    signed = message["id"].encode() + b"." + message["timestamp"].encode() + b"." + body
    wanted = hmac.new(key, signed, hashlib.sha256).digest()
    given = [part.split(",", 1) for part in message["signature"].split(" ")]
    if not any(v == "v1" and hmac.compare_digest(base64.b64decode(s), wanted) for v, s in given):
        sys.exit("the signature is wrong")
    event = json.loads(body)
    missing = {"id", "source", "specversion", "type"} - event.keys()
    if missing or event["specversion"] != "1.0":
        sys.exit("not a CloudEvent 1.0")
    print(event["type"], event["subject"], event["data"]["replicas"])
    """#

  private func verify(
    _ request: ScriptedServer.Request, secret: String
  ) async throws -> Program.Output {
    let message = [
      "secret": secret, "body": Data(request.body).base64EncodedString(),
      "id": request.headers["webhook-id"] ?? "",
      "timestamp": request.headers["webhook-timestamp"] ?? "",
      "signature": request.headers["webhook-signature"] ?? "",
    ]
    return try await Program(arguments: ["python3", "-c", Self.verifier], answerLimit: 10_000)
      .run([UInt8](try JSONEncoder().encode(message)), timeLimit: .seconds(60))
  }

  @Test("another implementation verifies the signature and reads the CloudEvent")
  func verified() async throws {
    let web = try #require(ServiceID("web"))
    let server = try ScriptedServer { _, _ in
      .answer(200, body: #"{"result":"accepted","replicas":9}"#)
    }
    let secret = "whsec_" + Data((0..<32).map { UInt8($0 * 7) }).base64EncodedString()
    let cloud = WebhookCloud(
      url: server.url, secret: .value(secret), now: { Timestamp(seconds: 1_800_000_000) })
    #expect(
      try await cloud.apply(
        ScaleCommand(
          decision: DecisionID(3), service: web, kind: .floor, replicas: 9, fencingToken: 2,
          validUntil: Timestamp(seconds: 1_800_000_060), reason: "äöü → 9"))
        == .accepted(replicas: 9))
    let request = try #require(server.requests.first)
    #expect(request.headers["content-type"] == "application/cloudevents+json")
    let right = try await verify(request, secret: secret)
    #expect(right.status == 0, "\(right.complaints)")
    #expect(String(decoding: right.answer, as: UTF8.self) == "scaler.scale.floor web 9\n")
    var changed = request
    changed.body[changed.body.count / 2] ^= 1
    #expect(try await verify(changed, secret: secret).complaints == "the signature is wrong")
  }
}
