import Domain
import Foundation
import Testing

@testable import Web

/// Requests on connections that stay open, as senders of single samples have them.
@Suite("Short requests")
struct ShortRequestTests {
  private static func push(_ client: RawClient, _ value: Int, path: String = "/v1/samples")
    -> String
  {
    let body =
      #"{"samples":[{"service":"a","metric":"rate","timestamp":1795426150,"value":\#(value)}]}"#
    return client.head(
      "POST", path, ["Content-Type: application/json", "Content-Length: \(body.utf8.count)"]) + body
  }

  private static func last(_ client: RawClient) -> String {
    client.head("GET", "/healthz", ["Connection: close"])
  }

  /// Each answer's status and body.
  private static func answers(in raw: [UInt8]) -> [String] {
    String(decoding: raw, as: UTF8.self).components(separatedBy: "HTTP/1.1 ").dropFirst().map {
      let parts = $0.components(separatedBy: "\r\n\r\n")
      return "\(parts[0].prefix(3)) \(parts.count > 1 ? parts[1] : "")"
    }
  }

  private static let taken = #"200 {"accepted":1,"rejected":[]}"#
  private static let negative = #"200 {"accepted":0,"rejected":[{"index":0,"reason":"negative"}]}"#
  private static let healthy = #"200 {"status":"ok"}"#

  @Test("What is sent without waiting is answered in its order")
  func pipelined() async throws {
    let ingested = Ingested()
    let raw = try await withServer(.still(into: ingested)) { client in
      try await client.send([
        Self.push(client, 1) + Self.push(client, -2) + client.head("GET", "/healthz", [])
          + Self.push(client, 3) + Self.push(client, 4, path: "/v1/nothing") + Self.last(client)
      ])
    }
    let answers = Self.answers(in: raw)
    #expect(answers.count == 6)
    #expect(answers.prefix(4) == [Self.taken, Self.negative, Self.healthy, Self.taken])
    #expect(answers.dropFirst(4).first?.hasPrefix("404 ") == true)
    #expect(answers.last == Self.healthy)
    #expect(ingested.all.map(\.value) == [1, -2, 3])
  }

  @Test("A body that comes in pieces is put together, and others follow on the connection")
  func pieces() async throws {
    let ingested = Ingested()
    let raw = try await withServer(.still(into: ingested)) { client in
      let push = Self.push(client, 12)
      let parts = [push.prefix(push.count - 30), push.suffix(30).prefix(10), push.suffix(20)]
      return try await client.send(
        parts.map { String($0) } + [Self.push(client, 13), Self.last(client)], pause: 0.05)
    }
    #expect(Self.answers(in: raw) == [Self.taken, Self.taken, Self.healthy])
    #expect(ingested.all.map(\.value) == [12, 13])
  }

  @Test("A short body that is announced as more than is taken is refused, and the connection ends")
  func tooLarge() async throws {
    let raw = try await withServer(configure: { $0.bodyLimit = 20 }) { client in
      try await client.send([Self.push(client, 1) + Self.push(client, 2)])
    }
    #expect(Self.answers(in: raw).first?.hasPrefix("413 ") == true)
  }

  @Test("Every answer carries its date and what a browser has to know")
  func headers() async throws {
    let raw = try await withServer { client in
      try await client.send([Self.push(client, 1) + Self.last(client)])
    }
    let answer = try RawClient.parse(raw)
    #expect(answer.headers["date"]?.hasSuffix(" GMT") == true)
    #expect(answer.headers["cache-control"] == "no-store")
    #expect(answer.headers["content-security-policy"] == SecurityHeaders.contentSecurityPolicy)
    #expect(answer.headers["referrer-policy"] == "no-referrer")
  }

  @Test(
    "Dates are written as RFC 9110 wants them",
    arguments: [
      (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"), (0, "Thu, 01 Jan 1970 00:00:00 GMT"),
      (1_795_426_200, "Mon, 23 Nov 2026 09:30:00 GMT"),
    ])
  func date(seconds: Int64, text: String) {
    let date = AnswerDate()
    #expect(date.text(at: Timestamp(seconds: seconds)) == text)
    #expect(date.text(at: Timestamp(seconds: seconds)) == text)
  }
}
