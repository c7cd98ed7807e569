import Foundation
import Logging
import ServiceLifecycle
import Testing

@testable import Web

@Suite("The server")
struct ServerTests {
  @Test(
    "Loopback addresses are taken",
    arguments: [
      ("127.0.0.1:8080", "127.0.0.1:8080"), ("localhost:0", "127.0.0.1:0"),
      ("127.8.9.10:65535", "127.8.9.10:65535"), ("[::1]:80", "[::1]:80"), ("::1:80", "[::1]:80"),
    ])
  func loopback(text: String, expected: String) throws {
    #expect(try ListenAddress(text).description == expected)
  }

  @Test(
    "Any other address is refused with a sentence that says why",
    arguments: [
      "0.0.0.0:8080", "192.168.1.1:80", "[::]:80", "example.org:80", "127.0.0.1.evil.org:80",
      "127.1:80", "127.0.0.256:80", "127.0.0.+1:80", ":80", "localhost.evil.org:80",
      "[::ffff:127.0.0.1]:80",
    ])
  func notLoopback(text: String) throws {
    let error = #expect(throws: WebServerError.self) { try ListenAddress(text) }
    #expect(error?.description.contains("access tokens are not built yet") == true)
  }

  @Test(
    "An address that is none is refused",
    arguments: ["127.0.0.1", "127.0.0.1:", "127.0.0.1:http", "127.0.0.1:65536", "127.0.0.1:-1"])
  func badAddress(text: String) {
    #expect(throws: WebServerError.self) { try ListenAddress(text) }
  }

  @Test("A port in use is one sentence")
  func portInUse() async throws {
    try await withServer { client in
      let second = WebServer(
        configuration: WebConfiguration(
          address: try ListenAddress(host: "127.0.0.1", port: client.port)),
        services: .still(), logger: .silent)
      let error = await #expect(throws: WebServerError.self) { try await second.run() }
      #expect(error?.description.hasPrefix("cannot listen on 127.0.0.1:\(client.port)") == true)
    }
  }

  @Test("An open idle connection does not hold up the shutdown")
  func shutdown() async throws {
    let idle = try await withServer { client in
      let idle = Task { try await client.send([client.head("GET", "/healthz", [])]) }
      // Long enough for it to be connected before the server is told to stop.
      try await Task.sleep(for: .milliseconds(200))
      return idle
    }
    // The server has returned; what it still owed was sent before it closed.
    let text = String(decoding: try await idle.value, as: UTF8.self)
    #expect(text.isEmpty || text.hasPrefix("HTTP/1.1 200"))
  }

  @Test("A body that stalls does not hold up the shutdown", .timeLimit(.minutes(1)))
  func stalled() async throws {
    let stalled = try await withServer(configure: {
      $0.bodyTimeout = 3600
      $0.headTimeout = 3600
    }) { client in
      let start = client.head(
        "POST", "/v1/samples", ["Content-Type: application/json", "Content-Length: 1000"])
      let task = Task { try await client.send([start + "{"]) }
      // The head has arrived when a later request, on a connection of its own, is answered.
      try await Task.sleep(for: .milliseconds(200))
      #expect(try await client.get("/healthz").status == 200)
      return task
    }
    #expect(!String(decoding: try await stalled.value, as: UTF8.self).contains(" 200 "))
  }

  @Test(
    "Names and pages that are not ours are refused",
    arguments: [
      (["Host: localhost:8080"], 200), (["Host: [::1]:1"], 200), (["Host: 127.0.0.1"], 200),
      (["Host: evil.example"], 421), (["Host: 127.0.0.1.evil.example"], 421),
      (["Origin: http://evil.example"], 403), (["Origin: null"], 403),
      (["Origin: http://127.0.0.1:8080"], 200),
      (["Host: scaler.internal"], 200), (["Host: SCALER.internal:443"], 200),
    ])
  func callers(headers: [String], status: Int) async throws {
    let answer = try await withServer(configure: { $0.hostNames = ["scaler.internal"] }) {
      try await $0.get("/v1/services", headers: headers)
    }
    #expect(answer.status == status)
    if status != 200 {
      #expect(answer.headers["content-type"] == "application/problem+json")
    }
  }

  @Test("F-14: requests whose length is ambiguous or broken are refused, and the connection ends")
  func smuggling() async throws {
    try await withServer { client in
      let hidden = "0\r\n\r\nGET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n"
      for fields in [
        ["Content-Length: 4", "Transfer-Encoding: chunked"],
        ["Content-Length: 4", "Content-Length: 5"], ["Content-Length: -1"],
        ["Transfer-Encoding: chunked, identity"],
      ] {
        let head = client.head(
          "POST", "/v1/samples", ["Content-Type: application/json"] + fields)
        let raw = String(decoding: try await client.send([head + hidden]), as: UTF8.self)
        #expect(!raw.contains("scaler_build_info"), "\(fields)")
        #expect(raw.hasPrefix("HTTP/1.1 4"), "\(fields): \(raw.prefix(80))")
      }
      let chunks = client.head(
        "POST", "/v1/samples", ["Content-Type: application/json", "Transfer-Encoding: chunked"])
      let broken = String(
        decoding: try await client.send([chunks + "zz\r\nabc\r\n"]), as: UTF8.self)
      #expect(broken.isEmpty || broken.hasPrefix("HTTP/1.1 4"), "\(broken.prefix(80))")
      #expect(try await client.get("/healthz").status == 200)
    }
  }

  @Test("F-08: a head that is too long is refused")
  func longHead() async throws {
    try await withServer { client in
      let raw = try await client.send([
        client.head("GET", "/healthz", ["X-Long: " + String(repeating: "a", count: 40_000)])
      ])
      let text = String(decoding: raw, as: UTF8.self)
      #expect(!text.hasPrefix("HTTP/1.1 200"))
    }
  }

  @Test("F-13: whoever dribbles a head or a body is cut off")
  func slow() async throws {
    try await withServer(configure: {
      $0.headTimeout = 1
      $0.bodyTimeout = 1
    }) { client in
      let head = try await client.send(
        ["GET /healthz HTTP/1.1\r\nHost: localhost\r\n"]
          + Array(repeating: "X-More: 1\r\n", count: 8) + ["\r\n"], pause: 0.3)
      #expect(!String(decoding: head, as: UTF8.self).contains("200"))
      let start = client.head(
        "POST", "/v1/samples", ["Content-Type: application/json", "Content-Length: 1000"])
      // Each byte comes sooner than the idle limit; together they come too late.
      let body = try await client.send([start] + Array(repeating: " ", count: 8), pause: 0.3)
      #expect(!String(decoding: body, as: UTF8.self).contains("200"))
      #expect(try await client.get("/healthz").status == 200)
    }
  }

  @Test("F-13: a body that brings its bytes may take longer than one that dribbles")
  func steady() async throws {
    try await withServer(configure: {
      $0.bodyTimeout = 1
      $0.slowestBody = 1000
    }) { client in
      let head = client.head(
        "POST", "/v1/samples",
        ["Content-Type: application/x-ndjson", "Content-Length: 4000", "Connection: close"])
      let part = String(repeating: " ", count: 999) + "\n"
      let answer = try await client.send(
        [head] + Array(repeating: part, count: 4), pause: 0.5)
      #expect(String(decoding: answer, as: UTF8.self).hasPrefix("HTTP/1.1 200"))
    }
  }
}
