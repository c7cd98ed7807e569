import Adapters
import Domain
import Foundation
import Synchronization
import TestSupport
import Testing

@Suite("A real Prometheus", .enabled(if: isInstalled("prometheus"), "needs Debian's prometheus"))
struct RealPrometheusTests {
  private let start = Timestamp(seconds: 1_700_006_400)

  /// Runs a Prometheus whose store holds `demand{service,pod}`, one value a minute for 3 days:
  /// the number of the minute for web, spread over two pods, and 5 for shop with a gap of an hour.
  private func prometheus(_ folder: TemporaryFolder) async throws -> (RunningProgram, String) {
    var text = "# TYPE demand gauge\n"
    for (labels, value) in [
      ("service=\"web\",pod=\"1\"", { Double($0) / 4 }),
      ("service=\"web\",pod=\"2\"", { Double($0) * 3 / 4 }),
      (
        "service=\"shop\",pod=\"1\"",
        { (minute: Int) -> Double in (600..<660).contains(minute) ? -1 : 5 }
      ),
    ] as [(String, (Int) -> Double)] {
      for minute in 0..<4320 where value(minute) >= 0 {
        text += "demand{\(labels)} \(value(minute)) \(start.seconds + Int64(minute) * 60)\n"
      }
    }
    text += "# EOF\n"
    let metrics = folder.url("metrics.txt")
    try Data(text.utf8).write(to: metrics)
    let data = folder.url("data")
    let blocks = try RunningProgram([
      "promtool", "tsdb", "create-blocks-from", "openmetrics", metrics.path, data.path,
    ])
    try #require(blocks.waitUntilExit() == 0)
    let config = folder.url("prometheus.yml")
    try Data("global: {}\n".utf8).write(to: config)
    let port = try freePort()
    let program = try RunningProgram([
      "prometheus", "--config.file=\(config.path)", "--storage.tsdb.path=\(data.path)",
      "--storage.tsdb.retention.time=100y", "--web.listen-address=127.0.0.1:\(port)",
    ])
    try await waitForServer("http://127.0.0.1:\(port)/-/ready")
    return (program, "http://127.0.0.1:\(port)")
  }

  @Test("answers instant, fleet and range queries as the source expects, gaps included")
  func real() async throws {
    let folder = try TemporaryFolder()
    let (program, url) = try await prometheus(folder)
    defer { withExtendedLifetime(program) {} }
    let web = try #require(ServiceID("web"))
    let shop = try #require(ServiceID("shop"))
    let bare = try #require(ServiceID("bare"))
    let broken = try #require(ServiceID("broken"))
    let source = PrometheusSource(
      url: url,
      services: [
        web: .init(demand: "sum(demand{service=\"web\"})", queue: "demand{service=\"none\"}"),
        bare: .init(demand: "demand{service=\"web\"}"), broken: .init(demand: "sum("),
      ],
      fleets: [.init(.init(demand: "sum by (service) (demand)"), label: "service")])
    let time = start + .seconds(1000 * 60)
    let readings = await source.observe(
      [web, shop, bare, broken], at: time, deadline: .seconds(20))
    #expect(
      readings[0] == MetricReading(rate: 1000, problem: "queue: the query returned no series"))
    #expect(readings[1] == MetricReading(rate: 5))
    #expect(
      readings[2].problem
        == "demand: the query returned 2 series that differ in pod; wrap it in sum(...)")
    let syntax = try #require(readings[3].problem)
    #expect(syntax.hasPrefix("demand: bad_data: invalid parameter \"query\""))
    #expect(try await source.discover(at: time, deadline: .seconds(20)) == [shop, web])

    let end = start + .seconds(4320 * 60)
    let history = try #require(await source.history(of: web, from: start, to: end))
    #expect(history.values.dropLast() == (1..<4320).map(Double.init)[...])
    let gap = try #require(await source.history(of: shop, from: start, to: end))
    // A gauge is looked back for five minutes: of sixty missing values fifty-five stay unknown.
    #expect(gap.knownCount == 4320 - 55)
    #expect((604..<659).allSatisfy { gap[$0] == nil })
    let backfill = try #require(
      source.backfill(of: web, from: start - .seconds(86_400 * 60), to: end, step: .seconds(60)))
    let known = Mutex(0)
    try await backfill.run(resumingBefore: nil) { part in
      known.withLock { $0 += part.series[web]?.knownCount ?? 0 }
    }
    // The first value ends an element before the series, the last is looked back at from its end.
    #expect(known.withLock { $0 } == 4321)
  }
}
