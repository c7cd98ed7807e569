import Adapters
import Control
import Domain
import Foundation
import Testing

@testable import scaler

@Suite("Clouds and sources in a configuration")
struct CloudConfigurationTests {
  private func parse(_ text: String) throws -> ServeConfiguration {
    try ServeConfiguration(YAMLDocument(text: text, file: "c.yaml"))
  }

  private func refusal(_ text: String) -> String {
    do {
      let configuration = try parse(text)
      for entry in configuration.clouds {
        _ = try entry.cloud.adapter(
          for: configuration.services, now: { Timestamp(seconds: 0) })
      }
      for entry in configuration.sources {
        guard case .cloudWatch(let section) = entry.source else { continue }
        _ = try section.source(
          named: entry.name, for: configuration.services, now: { Timestamp(seconds: 0) })
      }
      return "taken"
    } catch {
      return "\(error)"
    }
  }

  private static let fleet = "fleet: { rate_per_replica: 1, boot: 1s, max: 9 }"

  @Test("every kind of cloud that the catalogue names is read")
  func kinds() throws {
    let configuration = try parse(
      """
      clouds:
        a: { kind: simulated }
        b: { kind: webhook, url: http://127.0.0.1:1/x, secret: whsec_AAAA }
        c: { kind: exec, command: [/bin/true] }
        d: { kind: aws-autoscaling, region: eu-west-1 }
        e: { kind: aws-ecs, region: eu-west-1 }
      services: []
      """)
    #expect(configuration.clouds.map(\.name) == ["a", "b", "c", "d", "e"])
    let named = Set(CloudConfiguration.catalogue.map(\.kind))
    #expect(
      named == ["simulated", "webhook", "exec", "kubernetes", "aws-autoscaling", "aws-ecs"])
  }

  @Test(
    "what cannot be taken is refused with what to do",
    arguments: [
      (
        "sources: {m: {kind: cloudwatch}}\nservices: []", "`sources.m` needs the key `region`"
      ),
      (
        "sources: {m: {kind: cloudwatch, region: r, missing: none}}\nservices: []", "zero"
      ),
      (
        "sources: {m: {kind: cloudwatch, region: r}}\n"
          + "services: [{id: a, demand: {source: m, query: up}, \(fleet)}]",
        "needs a `query` such as `AWS/ApplicationELB:RequestCount"
      ),
      (
        "sources: {p: {kind: prometheus, url: 'http://x', basic_auth: {username: u, password: p}, "
          + "oauth2: {client_id: i, client_secret: s, token_url: 'http://t'}}}\nservices: []",
        "cannot be combined"
      ),
      (
        "sources: {p: {kind: prometheus, url: 'http://x', "
          + "oauth2: {client_id: i, token_url: 'http://t'}}}\nservices: []",
        "needs either `client_secret` or `client_secret_file`"
      ),
    ])
  func refusals(text: String, message: String) {
    let said = refusal(text)
    #expect(said.contains(message), "\(said)")
  }

  private func options(_ text: String) throws -> HTTPOptions? {
    let configuration = try parse(
      "sources: {p: {kind: prometheus, url: 'http://127.0.0.1:9090', \(text)}}\nservices: []")
    guard case .prometheus(_, let options) = configuration.sources.first?.source else { return nil }
    return options
  }

  @Test("the HTTP options have Prometheus' own keys")
  func httpOptions() throws {
    var expected = HTTPOptions()
    expected.basicAuth = .init(username: .file("who"), password: .value("p"))
    #expect(try options("basic_auth: {username_file: who, password: p}") == expected)
    expected = HTTPOptions()
    expected.authorization = .init(type: "Token", credentials: .value("c"))
    #expect(try options("authorization: {type: Token, credentials: c}") == expected)
    expected = HTTPOptions()
    expected.tls.ca = "A"
    expected.tls.cert = "B"
    expected.tls.key = .value("C")
    expected.tls.serverName = "metrics.internal"
    expected.tls.requiresVersion13 = true
    expected.enablesHTTP2 = false
    expected.proxyURL = "http://127.0.0.1:3128"
    expected.noProxy = "localhost"
    expected.httpHeaders = [
      .init("X-Scope-OrgID", .value("a")), .init("X-Scope-OrgID", .value("b")),
      .init("X-Scope-OrgID", .file("tenant")), .init("X-Plain", .value("c")),
    ]
    #expect(
      try options(
        "tls_config: {ca: A, cert: B, key: C, server_name: metrics.internal, min_version: TLS13}, "
          + "proxy_url: 'http://127.0.0.1:3128', no_proxy: localhost, enable_http2: false, "
          + "follow_redirects: false, http_headers: {X-Scope-OrgID: {values: [a], secrets: [b], "
          + "files: [tenant]}, X-Plain: c}") == expected)
    #expect(try options("tls_config: {min_version: TLS12}") == HTTPOptions())
  }

  @Test(
    "options that would be obeyed by halves are refused",
    arguments: [
      ("tls_config: {min_version: TLS10}", "older ones are not spoken"),
      ("tls_config: {max_version: TLS12}", "a newer version is never refused"),
      ("tls_config: {ca: A, ca_file: a}", "stands beside `ca`: name one"),
      ("follow_redirects: true", "redirects are not followed"),
      ("basic_auth: {password: p}", "needs either `username` or `username_file`"),
    ])
  func httpRefusals(text: String, message: String) {
    let said = refusal(
      "sources: {p: {kind: prometheus, url: 'http://127.0.0.1:9090', \(text)}}\nservices: []")
    #expect(said.contains(message), "\(said)")
  }

  @Test("oauth2 has Prometheus' own keys")
  func oauth2() throws {
    let configuration = try parse(
      """
      sources:
        p:
          kind: prometheus
          url: http://127.0.0.1:9090
          oauth2:
            client_id: me
            client_secret_file: secret
            token_url: https://id.example.com/token
            scopes: [read]
            endpoint_params: { audience: metrics }
            tls_config: { ca_file: ca.pem }
      services: []
      """)
    guard case .prometheus(_, let options) = configuration.sources.first?.source else {
      Issue.record("not a Prometheus")
      return
    }
    var expected = HTTPOptions.OAuth2(
      clientID: "me", clientSecret: .file("secret"), tokenURL: "https://id.example.com/token")
    expected.scopes = ["read"]
    expected.endpointParameters = [HTTPHeader("audience", "metrics")]
    expected.tls = HTTPOptions.TLS()
    expected.tls?.caFile = "ca.pem"
    #expect(options.oauth2 == expected)
  }

  @Test("an unknown kind of workload is refused, not taken for a Deployment")
  func workload() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appendingPathComponent("kubeconfig")
    try Data(
      """
      current-context: x
      clusters: [{ name: c, cluster: { server: 'http://127.0.0.1:1' } }]
      contexts: [{ name: x, context: { cluster: c, user: u } }]
      users: [{ name: u, user: { token: t } }]
      """.utf8
    ).write(to: file)
    func said(_ kind: String) -> String {
      refusal(
        "clouds: {k: {kind: kubernetes, kubeconfig: '\(file.path)'}}\n"
          + "services: [{id: a, cloud: {name: k, kind: \(kind)}, \(Self.fleet)}]")
    }
    #expect(said("Rollout").contains("others are written with their version"))
    #expect(said("argoproj.io/v1alpha1/Rollout") == "taken")
    #expect(said("StatefulSet") == "taken")
    #expect(said("CapacityBuffer") == "taken")
  }

  @Test("the configuration within deploy/kubernetes/scaler.yaml is one")
  func shipped() throws {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("deploy/kubernetes/scaler.yaml")
    let lines = try String(contentsOf: file, encoding: .utf8).components(separatedBy: "\n")
    let start = try #require(lines.firstIndex { $0.hasSuffix("scaler.yaml: |") })
    let text = lines[(start + 1)...].prefix { $0.hasPrefix("    ") }.map { $0.dropFirst(4) }
      .joined(separator: "\n")
      // Only within a cluster is there one to speak to.
      .replacingOccurrences(of: "kind: kubernetes", with: "kind: simulated")
    let configuration = try parse(text)
    #expect(configuration.services.map(\.policy.id.name) == ["checkout"])
  }
}
