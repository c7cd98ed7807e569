import Adapters
import Domain
import Foundation
import Storage
import Synchronization
import TestSupport
import Testing

@testable import scaler

@Suite("Importing from a Prometheus")
struct ImportPrometheusTests {
  private static let web = ServiceID.named("web")
  private static let to = Timestamp(seconds: 1_764_547_200)

  /// A server whose value at time t is the minute's number; counts the ranges that it was asked for.
  private static func server() throws -> ScriptedServer {
    try ScriptedServer { request, _ in
      guard let low = Int(request.form["start"] ?? ""), let high = Int(request.form["end"] ?? ""),
        let step = Int(request.form["step"] ?? "")
      else { return .answer(400) }
      let points = stride(from: low, through: high, by: step).map { "[\($0),\"\($0 / 60 % 977)\"]" }
      return .answer(
        200,
        body:
          #"{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":["#
          + points.joined(separator: ",") + "]}]}}")
    }
  }

  private static func run(_ server: ScriptedServer, query: String = "q", into store: Store)
    -> HistoryImport
  {
    HistoryImport(
      service: web,
      source: PrometheusSource(url: server.url, services: [web: .init(demand: query)]),
      from: to - .seconds(60 * 35_000), to: to, step: .seconds(60), store: store)
  }

  @Test("an import that was cut off goes on where it was, and ends with what the first would have")
  func resuming() async throws {
    let server = try Self.server()
    let store = try Store.inMemory()
    let parts = Mutex(0)
    let interrupted = Task {
      try await Self.run(server, into: store).perform(restart: false) { _ in
        if parts.withLock({
          $0 += 1; return $0
        }) == 2 {
          withUnsafeCurrentTask { $0?.cancel() }
        }
      }
    }
    await #expect(throws: (any Error).self) { try await interrupted.value }
    let asked = server.requests.count
    let result = try await Self.run(server, into: store).perform(restart: false) { _ in }
    #expect(result.lines.first == "goes on before 2025-11-17T02:40:00Z")
    // 35,000 steps are four chunks; the first two are not asked for again.
    let again = server.requests.dropFirst(asked)
    #expect(again.count == 2)
    #expect(
      result.lines.last?.contains("step 1m, 35000 values, no gaps; 24 cycles of a day, 3 of a week")
        == true, "\(result.lines)")
    let whole = try await store.series(
      of: Self.web, metric: .rate, from: Self.to - .seconds(60 * 35_000), to: Self.to,
      step: .seconds(60))
    let first = Int(Self.to.seconds / 60) - 35_000 + 1
    #expect(whole.values == (0..<35_000).map { Double((first + $0) % 977) })
    // A repeated import adds nothing; another query starts anew.
    let repeated = try await Self.run(server, into: store).perform(restart: false) { _ in }
    #expect(repeated.lines.first == "0 values added, 35000 were there already")
  }

  @Test("a checkpoint of another query does not count")
  func otherQuery() async throws {
    let server = try Self.server()
    let store = try Store.inMemory()
    let interrupted = Task {
      try await Self.run(server, into: store).perform(restart: false) { _ in
        withUnsafeCurrentTask { $0?.cancel() }
      }
    }
    await #expect(throws: (any Error).self) { try await interrupted.value }
    let result = try await Self.run(server, query: "other", into: store)
      .perform(restart: false) { _ in }
    #expect(result.lines.first?.contains("values added") == true, "\(result.lines)")
  }

  @Test("cycles are counted back from the end where at least half is known")
  func cycles() {
    var series = TimeSeries(
      start: Self.to, step: .seconds(3600), values: [Double](repeating: 1, count: 24 * 15 + 5))
    for index in 24 * 3..<24 * 5 { series.values[index] = .nan }
    #expect(HistoryImport.cycles(of: .seconds(86_400), in: series) == 13)
    #expect(HistoryImport.cycles(of: .seconds(7 * 86_400), in: series) == 2)
    #expect(
      HistoryImport.cycles(
        of: .seconds(7 * 86_400), in: TimeSeries(start: Self.to, step: .seconds(60), values: []))
        == 0)
  }

  @Test("the time that is left follows from what came in this run")
  func timeLeft() {
    #expect(ImportProgress.secondsLeft(share: 0.5, first: 0.5, after: 9) == nil)
    #expect(ImportProgress.secondsLeft(share: 0.75, first: 0.5, after: 10) == 10)
  }

  @Test("usage and sources that are down have their exit codes")
  func refusals() throws {
    let scratch = try Scratch()
    let store = scratch.path("s.sqlite")
    let base = ["import", "prometheus", "--store", store, "--service", "web"]
    #expect(try Program.run(base).status == 64)
    let port = try freePort()
    let down = try Program.run(base + ["--url", "http://127.0.0.1:\(port)", "--query", "q"])
    #expect(down.status == 69, "\(down.errors)")
    #expect(
      try Program.run(base + ["--url", "http://x", "--query", "q", "--step", "0s"]).status == 64)
  }

  @Test(
    "a real Prometheus' blocks arrive whole, and the command ends with what is known",
    .enabled(if: isInstalled("prometheus"), "needs Debian's prometheus"))
  func real() async throws {
    let scratch = try Scratch()
    let start = (Int64(Date().timeIntervalSince1970) - 3 * 86_400) / 60 * 60
    var text = "# TYPE demand gauge\n"
    for minute in 0..<3 * 1440 as Range<Int64> where !(600..<720).contains(minute) {
      text += "demand{pod=\"a\"} \(minute % 977) \(start + minute * 60)\n"
    }
    let metrics = try scratch.write(text + "# EOF\n", to: "metrics.txt")
    let data = scratch.path("data")
    let blocks = try RunningProgram([
      "promtool", "tsdb", "create-blocks-from", "openmetrics", metrics, data,
    ])
    try #require(blocks.waitUntilExit() == 0)
    let settings = try scratch.write("global: {}\n", to: "prometheus.yml")
    let port = try freePort()
    let program = try RunningProgram([
      "prometheus", "--config.file=\(settings)", "--storage.tsdb.path=\(data)",
      "--storage.tsdb.retention.time=100y", "--web.listen-address=127.0.0.1:\(port)",
    ])
    defer { withExtendedLifetime(program) {} }
    try await waitForServer("http://127.0.0.1:\(port)/-/ready")
    let config = try scratch.write(
      """
      store: { path: s.sqlite }
      sources: { prom: { kind: prometheus, url: http://127.0.0.1:\(port) } }
      services:
        - id: web
          demand: { source: prom, query: sum(demand) }
          fleet: { rate_per_replica: 1, boot: 1s, max: 2 }
      """, to: "scaler.yaml")
    let result = try Program.run(["import", "prometheus", "--config", config, "--since", "4w"])
    #expect(result.status == 0, "\(result.errors)")
    // A value is looked back at for five minutes, so of the two hours' gap 115 minutes stay.
    #expect(result.errors.contains("115 missing in 1 gap; 3 cycles of a day, 0 of a week"))
    let store = try Store.open(scratch.path("s.sqlite"))
    let series = try await store.series(
      of: Self.web, metric: .rate, from: Timestamp(seconds: start),
      to: Timestamp(seconds: start + 3 * 86_400 - 60), step: .seconds(60))
    #expect(series.knownCount == 3 * 1440 - 1 - 115)
    // The value at a minute's end stands for the minute.
    #expect(series[0] == 1)
    #expect(series[3000] == Double(3001 % 977))
  }
}
