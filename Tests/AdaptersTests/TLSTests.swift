import Adapters
import Foundation
import TestSupport
import Testing

@Suite("TLS", .enabled(if: isInstalled("openssl"), "needs openssl"))
struct TLSTests {
  private let folder: TemporaryFolder

  /// Makes a CA and three certificates of it: a server's, a client's, and an expired server's.
  init() throws {
    folder = try TemporaryFolder()
    let key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    try openssl(
      ["req", "-x509"] + key + [
        "-keyout", path("ca.key"), "-out", path("ca.pem"), "-subj", "/CN=ca",
      ])
    for name in ["server", "client", "expired"] {
      try openssl(
        ["req"] + key + [
          "-keyout", path("\(name).key"), "-out", path("\(name).csr"), "-subj", "/CN=\(name)",
          "-addext", "subjectAltName=IP:127.0.0.1,DNS:metrics.internal",
        ])
      try openssl([
        "x509", "-req", "-in", path("\(name).csr"), "-CA", path("ca.pem"), "-CAkey", path("ca.key"),
        "-CAcreateserial", "-out", path("\(name).pem"), "-copy_extensions", "copy", "-days",
        name == "expired" ? "-1" : "2",
      ])
    }
  }

  private func path(_ name: String) -> String { folder.url(name).path }

  private func openssl(_ arguments: [String]) throws {
    try #require(try RunningProgram(["openssl"] + arguments).waitUntilExit() == 0)
  }

  /// `openssl s_server`, which answers every request with a page about the connection.
  private func server(
    _ certificate: String, _ arguments: [String] = []
  ) async throws -> (RunningProgram, String) {
    let port = try freePort()
    let program = try RunningProgram(
      [
        "openssl", "s_server", "-accept", "127.0.0.1:\(port)", "-cert", path("\(certificate).pem"),
        "-key", path("\(certificate).key"), "-www", "-quiet",
      ] + arguments)
    let url = "https://127.0.0.1:\(port)/"
    for _ in 0..<200 {
      if case .unreachable = await failure(url, HTTPOptions()) {
        try await Task.sleep(for: .milliseconds(20))
      } else {
        break
      }
    }
    return (program, url)
  }

  private func failure(_ url: String, _ options: HTTPOptions) async -> HTTPError? {
    do throws(HTTPError) {
      _ = try await HTTPClient(options).send(HTTPRequest(.get, url), deadline: .seconds(20))
      return nil
    } catch {
      return error
    }
  }

  private func isUntrusted(_ error: HTTPError?) -> Bool {
    if case .untrusted = error { true } else { false }
  }

  @Test("F-55 a server is trusted by its CA alone, in time, for its own address")
  func trust() async throws {
    let (program, url) = try await server("server")
    defer { withExtendedLifetime(program) {} }
    var options = HTTPOptions()
    #expect(isUntrusted(await failure(url, options)))
    options.tls.caFile = path("ca.pem")
    #expect(await failure(url, options) == nil)
    let otherName = url.replacingOccurrences(of: "127.0.0.1", with: "localhost")
    #expect(isUntrusted(await failure(otherName, options)))
    options.tls.caFile = nil
    options.tls.ca = try String(contentsOf: folder.url("ca.pem"), encoding: .utf8)
    options.tls.requiresVersion13 = true
    #expect(await failure(url, options) == nil)
    let (old, oldURL) = try await server("expired")
    defer { withExtendedLifetime(old) {} }
    #expect(isUntrusted(await failure(oldURL, options)))
    var unseen = HTTPOptions()
    unseen.tls.insecureSkipVerify = true
    #expect(await failure(oldURL, unseen) == nil)
  }

  @Test("F-55 a server may be known by another name than its address, and only by its own")
  func serverName() async throws {
    let (program, url) = try await server("server")
    defer { withExtendedLifetime(program) {} }
    var options = HTTPOptions()
    options.tls.caFile = path("ca.pem")
    options.enablesHTTP2 = false
    options.tls.serverName = "metrics.internal"
    #expect(await failure(url, options) == nil)
    options.tls.serverName = "other.internal"
    #expect(isUntrusted(await failure(url, options)))
  }

  @Test("a client shows its certificate where one is asked for, from files or from memory")
  func clientCertificate() async throws {
    let (program, url) = try await server("server", ["-Verify", "1", "-CAfile", path("ca.pem")])
    defer { withExtendedLifetime(program) {} }
    var options = HTTPOptions()
    options.tls.caFile = path("ca.pem")
    #expect(await failure(url, options) != nil)
    options.tls.certFile = path("client.pem")
    options.tls.keyFile = path("client.key")
    #expect(await failure(url, options) == nil)
    var memory = HTTPOptions()
    memory.tls.caFile = path("ca.pem")
    memory.tls.cert = try String(contentsOf: folder.url("client.pem"), encoding: .utf8)
    memory.tls.key = .value(try String(contentsOf: folder.url("client.key"), encoding: .utf8))
    #expect(await failure(url, memory) == nil)
  }
}
