import Foundation
import Testing

@testable import Web

@Suite("Metrics")
struct MetricsTests {
  static var text: String {
    let log = RequestLog()
    log.record(template: "/metrics", method: "GET", status: 200, duration: .milliseconds(3))
    let pushes = PushLog()
    pushes.record(accepted: 12, rejected: ["negative": 2, "conflict": 1])
    return MetricsAPI.exposition(
      .sample, now: WebServices.present, requests: log.snapshot, pushed: pushes.counts)
  }

  @Test("Known figures are exposed, unknown ones are absent")
  func figures() {
    let lines = Self.text.split(separator: "\n").map(String.init)
    #expect(lines.contains(#"scaler_build_info{version="1.2.3"} 1"#))
    #expect(lines.contains("scaler_ticks_total 100"))
    #expect(lines.contains("scaler_fleet_breaker_open 1"))
    #expect(lines.contains("scaler_store_quarantined 1"))
    #expect(lines.contains(#"scaler_demand_observed{service="shop/checkout"} 123.5"#))
    #expect(lines.contains(#"scaler_replicas{service="shop/checkout",kind="ready"} 5"#))
    #expect(
      lines.contains(#"scaler_forecast_demand{service="shop/checkout",level="0.9"} 150"#))
    #expect(lines.contains(#"scaler_forecast_grade{service="shop/checkout"} 0"#))
    #expect(
      lines.contains(
        #"scaler_forecast_exceedance_ratio{service="shop/checkout",level="0.95"} 0.25"#))
    #expect(lines.contains(#"scaler_level_shifted{service="shop/checkout"} 1"#))
    #expect(
      lines.contains(#"scaler_violation_budget_spent_ratio{service="shop/checkout"} 0.4"#))
    #expect(lines.contains("scaler_samples_accepted_total 12"))
    #expect(lines.contains(#"scaler_samples_rejected_total{reason="negative"} 2"#))
    #expect(!Self.text.contains("unseen"))
    #expect(!Self.text.contains("scaler_queue_depth"))
    #expect(!Self.text.contains("scaler_ticks_skipped_total"))
  }

  @Test("Labels are escaped")
  func escaping() {
    #expect(Self.text.contains(#"scaler_source_errors_total{source="a\"b\\c\nd"} 3"#))
  }

  @Test("Buckets are cumulative and end with the count")
  func histogram() {
    let lines = Self.text.split(separator: "\n").filter { $0.hasPrefix("scaler_tick_lateness") }
    #expect(
      lines == [
        #"scaler_tick_lateness_seconds_bucket{le="0.1"} 1"#,
        #"scaler_tick_lateness_seconds_bucket{le="1"} 2"#,
        #"scaler_tick_lateness_seconds_bucket{le="+Inf"} 3"#,
        "scaler_tick_lateness_seconds_sum 5.55", "scaler_tick_lateness_seconds_count 3",
      ])
  }

  @Test("Each family has one HELP and one TYPE, and the text ends with a line feed")
  func families() {
    for prefix in ["# HELP ", "# TYPE "] {
      let names = Self.text.split(separator: "\n").filter { $0.hasPrefix(prefix) }
        .map { $0.split(separator: " ")[2] }
      #expect(names.count > 5)
      #expect(Set(names).count == names.count)
    }
    #expect(Self.text.hasSuffix("\n"))
  }

  @Test("Over the port it has the exposition's content type")
  func served() async throws {
    let answer = try await withServer { client in
      _ = try await client.get("/v1/services/unseen")
      return try await client.get("/metrics")
    }
    #expect(answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8")
    #expect(
      answer.body.contains(
        #"http_server_request_duration_seconds_count{route="/v1/services/{id}",method="GET","#
          + #"code="200"} 1"#))
  }

  static let promtool = "/usr/bin/promtool"

  @Test(
    "promtool has nothing to remark",
    .enabled(if: FileManager.default.isExecutableFile(atPath: promtool)))
  func lint() throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: Self.promtool)
    process.arguments = ["check", "metrics"]
    let input = Pipe()
    let output = Pipe()
    process.standardInput = input
    process.standardOutput = output
    process.standardError = output
    try process.run()
    try input.fileHandleForWriting.write(contentsOf: Data(Self.text.utf8))
    try input.fileHandleForWriting.close()
    let remarks = String(
      decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationStatus == 0, "\(remarks)")
  }
}
