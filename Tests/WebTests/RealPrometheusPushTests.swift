import Domain
import Foundation
import TestSupport
import Testing

@testable import Web

@Suite(
  "A real Prometheus pushes",
  .enabled(if: isInstalled("prometheus"), "needs Debian's prometheus"))
struct RealPrometheusPushTests {
  /// Its rules make a series of sevens, a counter that grows by three a second, two series that claim
  /// the same service, and one that nobody asked for.
  private static let rules = """
    groups:
      - name: rates
        rules:
          - { record: rate, expr: vector(7), labels: { service: web } }
          - { record: requests_total, expr: vector(time() * 3), labels: { service: api } }
          - { record: queue, expr: vector(1), labels: { service: shop, pod: a } }
          - { record: something_else, expr: vector(1), labels: { service: web } }
    """

  @Test("what it computes arrives: values as they are, a counter as its rate")
  func push() async throws {
    let ingested = Ingested()
    var services = WebServices.still()
    let now: @Sendable () -> Timestamp = {
      Timestamp(seconds: Int64(Date().timeIntervalSince1970))
    }
    services.now = now
    services.ingest = { samples in
      ingested.append(samples)
      return samples.map { $0.refusal(now: now()) }
    }
    let world = services
    let folder = try TemporaryFolder()
    try Data(Self.rules.utf8).write(to: folder.url("rules.yml"))
    let metrics = try await withServer(world) { client in
      let config = """
        global: { evaluation_interval: 1s }
        rule_files: [\(folder.url("rules.yml").path)]
        remote_write:
          - url: http://127.0.0.1:\(client.port)/api/v1/write
            queue_config: { batch_send_deadline: 100ms }
        """
      try Data(config.utf8).write(to: folder.url("prometheus.yml"))
      let port = try freePort()
      let program = try RunningProgram([
        "prometheus", "--config.file=\(folder.url("prometheus.yml").path)",
        "--storage.tsdb.path=\(folder.url("data").path)",
        "--web.listen-address=127.0.0.1:\(port)",
      ])
      defer { withExtendedLifetime(program) {} }
      for _ in 0..<600 where Self.rates(of: "api", in: ingested).count < 3 {
        try await Task.sleep(for: .milliseconds(50))
      }
      return try await client.get("/metrics").body
    }
    #expect(Self.rates(of: "web", in: ingested).count >= 3)
    #expect(Self.rates(of: "web", in: ingested).allSatisfy { $0 == 7 })
    let counted = Self.rates(of: "api", in: ingested)
    #expect(counted.count >= 3)
    #expect(counted.allSatisfy { abs($0 - 3) < 0.05 }, "\(counted)")
    #expect(ingested.all.contains { $0.service.name == "shop" && $0.metric == .queue })
    #expect(metrics.contains(#"scaler_samples_rejected_total{reason="unmapped"}"#))
    #expect(!metrics.contains(#"reason="malformed""#))
  }

  private static func rates(of name: String, in ingested: Ingested) -> [Double] {
    ingested.all.filter { $0.service.name == name && $0.metric == .rate }.map(\.value)
  }
}
