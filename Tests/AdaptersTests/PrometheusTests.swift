import Domain
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Adapters

@Suite("The Prometheus source")
struct PrometheusTests {
  private let web: ServiceID
  private let shop: ServiceID
  private let time = Timestamp(seconds: 1_700_000_000)

  init() throws {
    web = try #require(ServiceID("web"))
    shop = try #require(ServiceID("shop"))
  }

  private static func vector(_ members: String) -> String {
    #"{"status":"success","data":{"resultType":"vector","result":[\#(members)]}}"#
  }

  private func reading(
    _ reply: ScriptedServer.Reply, deadline: Duration = .seconds(5)
  ) async throws -> MetricReading {
    let server = try ScriptedServer { _, _ in reply }
    let source = PrometheusSource(url: server.url, services: [web: .init(demand: "q")])
    return try #require(await source.observe([web], at: time, deadline: deadline).first)
  }

  @Test("one series with one finite number is the demand")
  func value() async throws {
    let body = Self.vector(#"{"metric":{"a":"b"},"value":[1700000000.5,"12.5"]}"#)
    #expect(try await reading(.answer(200, body: body)) == MetricReading(rate: 12.5))
  }

  @Test(
    "F-21 F-24 F-25 everything else is unknown, and the reading says why",
    arguments: [
      ("", "demand: the query returned no series"),
      (#"{"metric":{},"value":[1,"NaN"]}"#, "demand: the query gives nan"),
      (#"{"metric":{},"value":[1,"+Inf"]}"#, "demand: the query gives inf"),
      (#"{"metric":{},"value":[1,"-2"]}"#, "demand: the query gives -2.0, less than zero"),
      (
        #"{"metric":{},"histogram":[1,{}]}"#,
        "demand: the query gives a histogram, a number is needed"
      ),
      (
        #"{"metric":{"job":"x","pod":"1","zone":"a"},"value":[1,"1"]},{"metric":{"job":"x","pod":"2"},"value":[1,"1"]}"#,
        "demand: the query returned 2 series that differ in pod, zone; wrap it in sum(...)"
      ),
    ])
  func unknown(members: String, problem: String) async throws {
    let reading = try await reading(.answer(200, body: Self.vector(members)))
    #expect(reading == MetricReading(problem: problem))
  }

  @Test(
    "F-22 F-24 F-26 errors, partial results and nonsense are unknown too",
    arguments: [
      (
        400, #"{"status":"error","errorType":"bad_data","error":"parse error"}"#,
        "demand: bad_data: parse error (HTTP 400)"
      ),
      (
        503, #"{"status":"error","errorType":"timeout","error":"query timed out"}"#,
        "demand: timeout: query timed out (HTTP 503)"
      ),
      (401, "who are you", "demand: who are you (HTTP 401)"),
      (302, "", "demand: redirected to nowhere"),
      (200, "<html>hello</html>", "demand: the answer is not Prometheus' JSON: <html>hello</html>"),
      (
        200, #"{"status":"success","data":{"resultType":"vector","#,
        "demand: the answer is not Prometheus' JSON: {\"status\":\"success\",\"data\":{\"resultType\":\"vector\","
      ),
      (
        200, #"{"status":"success","data":{"resultType":"scalar","result":[1,"2"]}}"#,
        "demand: the query gives a scalar, an instant vector is needed"
      ),
      (
        200, #"{"status":"success","data":{"resultType":"matrix","result":[]}}"#,
        "demand: the query gives a range vector, an instant vector is needed"
      ),
      (
        200,
        #"{"status":"success","isPartial":true,"data":{"resultType":"vector","result":[{"metric":{},"value":[1,"5"]}]}}"#,
        "demand: the result is partial"
      ),
      (
        200,
        #"{"status":"success","warnings":["store gateway down"],"data":{"resultType":"vector","result":[]}}"#,
        "demand: store gateway down"
      ),
    ])
  func failures(status: Int, body: String, problem: String) async throws {
    let reading = try await reading(.answer(status, body: body), deadline: .seconds(20))
    #expect(reading == MetricReading(problem: problem))
  }

  @Test("F-26 an answer without end is given up at 16 MiB")
  func endless() async throws {
    #expect(
      try await reading(.flood, deadline: .seconds(60)).problem
        == "demand: the answer is longer than 16777216 bytes")
  }

  @Test("F-22 a server that is not there is unknown, also one that nobody knows")
  func absentServer() async throws {
    let port = try freePort()
    for url in ["http://127.0.0.1:\(port)", "http://nowhere.invalid"] {
      let source = PrometheusSource(url: url, services: [web: .init(demand: "q")])
      let reading = await source.observe([web], at: time, deadline: .seconds(60)).first
      #expect(reading?.rate == nil)
      #expect(reading?.problem?.contains("not reachable") == true, "\(String(describing: reading))")
    }
  }

  @Test("a remark on the query's style takes nothing away")
  func remarks() async throws {
    let body =
      #"{"status":"success","warnings":["PromQL info: metric might not be a counter"],"#
      + #""data":{"resultType":"vector","result":[{"metric":{},"value":[1,"5"]}]}}"#
    #expect(try await reading(.answer(200, body: body)).rate == 5)
  }

  @Test("F-23 a server that hangs costs its deadline and nobody else's time")
  func hang() async throws {
    let reading = try await reading(.hang, deadline: .milliseconds(100))
    #expect(reading == MetricReading(problem: "demand: no answer in time"))
  }

  @Test("F-23 of two queries the one that hangs takes nothing from the other")
  func oneHungQuery() async throws {
    let server = try ScriptedServer { request, _ in
      request.form["query"] == "hangs"
        ? .hang : .answer(200, body: Self.vector(#"{"metric":{},"value":[1,"7"]}"#))
    }
    let source = PrometheusSource(
      url: server.url, services: [web: .init(demand: "answers"), shop: .init(demand: "hangs")])
    let readings = await source.observe([web, shop], at: time, deadline: .seconds(4))
    #expect(
      readings == [MetricReading(rate: 7), MetricReading(problem: "demand: no answer in time")])
  }

  @Test("a query is asked once per tick, by POST, at the tick, with what the tick allows")
  func request() async throws {
    let server = try ScriptedServer { request, _ in
      .answer(
        200,
        body: Self.vector(#"{"metric":{},"value":[1,"\#(request.form["query"] == "d" ? 7 : 3)"]}"#))
    }
    let queries = PrometheusSource.Queries(demand: "d", queue: "sum(q{a=\"b c\"}) + 1")
    let source = PrometheusSource(
      url: server.url + "/prefix/", services: [web: queries, shop: .init(demand: "d")])
    let readings = await source.observe([shop, web], at: time, deadline: .seconds(6))
    #expect(readings == [MetricReading(rate: 7), MetricReading(rate: 7, queue: 3)])
    #expect(server.requests.count == 2)
    let queue = try #require(server.requests.first { $0.form["query"] != "d" })
    #expect(queue.method == "POST")
    #expect(queue.target == "/prefix/api/v1/query")
    #expect(queue.form["query"] == "sum(q{a=\"b c\"}) + 1")
    #expect(queue.form["time"] == "1700000000")
    #expect(queue.form["timeout"] == "6s")
  }

  @Test("one fleet query feeds many services, and those it lacks or names twice are unknown")
  func fleet() async throws {
    let server = try ScriptedServer { request, _ in
      .answer(
        200,
        body: Self.vector(
          request.form["query"] == "queues"
            ? #"{"metric":{"service":"web"},"value":[1,"4"]}"#
            : #"""
            {"metric":{"service":"web"},"value":[1,"10"]},{"metric":{},"value":[1,"1"]},
            {"metric":{"service":"shop","pod":"1"},"value":[1,"1"]},
            {"metric":{"service":"shop","pod":"2"},"value":[1,"1"]},
            {"metric":{"service":"not a name"},"value":[1,"1"]}
            """#))
    }
    let source = PrometheusSource(
      url: server.url,
      fleets: [.init(.init(demand: "demands", queue: "queues"), label: "service")])
    let absent = try #require(ServiceID("absent"))
    let readings = await source.observe([absent, web, shop], at: time, deadline: .seconds(20))
    #expect(
      readings == [
        MetricReading(problem: "the query returned no series"), MetricReading(rate: 10, queue: 4),
        MetricReading(
          problem: "demand: the query returned 2 series that differ in pod; wrap it in sum(...)"),
      ])
    #expect(server.requests.count == 2)
    #expect(try await source.discover(at: time, deadline: .seconds(20)) == [shop, web])
  }

  /// Requests that are being answered.
  private final class Load: Sendable {
    private let state = Mutex((now: 0, most: 0))

    var most: Int { state.withLock { $0.most } }

    func work<Answer>(_ body: () -> Answer) -> Answer {
      state.withLock { state in
        state.now += 1
        state.most = max(state.most, state.now)
      }
      defer { state.withLock { $0.now -= 1 } }
      return body()
    }
  }

  /// A server whose value at time t is t / 60, from `start` on, with a limit on the steps it takes.
  private func rangeServer(
    from start: Int, mostSteps: Int, refusal: Int = 422, load: Load = Load()
  ) throws -> ScriptedServer {
    try ScriptedServer { request, _ in
      load.work { Self.range(request, from: start, mostSteps: mostSteps, refusal: refusal) }
    }
  }

  private static func range(
    _ request: ScriptedServer.Request, from start: Int, mostSteps: Int, refusal: Int
  ) -> ScriptedServer.Reply {
    let form = request.form
    guard let low = Int(form["start"] ?? ""), let high = Int(form["end"] ?? ""),
      let step = Int(form["step"] ?? "")
    else { return .answer(400) }
    guard (high - low) / step <= mostSteps else {
      return .answer(
        refusal,
        body:
          #"{"status":"error","errorType":"execution","error":"query processing would load too many samples into memory"}"#
      )
    }
    let points = stride(from: low, through: high, by: step).filter { $0 >= start }
      .map { "[\($0),\"\($0 / 60)\"]" }
    let series =
      points.isEmpty ? "" : #"{"metric":{},"values":[\#(points.joined(separator: ","))]}"#
    return .answer(
      200, body: #"{"status":"success","data":{"resultType":"matrix","result":[\#(series)]}}"#)
  }

  @Test(
    "a backfill arrives whole and aligned, newest first, whatever the server takes at once",
    arguments: [11_000, 9999, 3000], [422, 503])
  func backfill(mostSteps: Int, refusal: Int) async throws {
    let steps = 25_000
    let from = Timestamp(seconds: 60_000_000)
    let load = Load()
    let server = try rangeServer(from: 0, mostSteps: mostSteps, refusal: refusal, load: load)
    let source = PrometheusSource(url: server.url, services: [web: .init(demand: "q")])
    let backfill = try #require(
      source.backfill(
        of: web, from: from - .seconds(59), to: from + .seconds(steps * 60 + 59), step: .seconds(60)
      ))
    let parts = Mutex<[PrometheusBackfill.Part]>([])
    try await backfill.run(resumingBefore: nil) { part in parts.withLock { $0.append(part) } }
    let received = parts.withLock { $0 }
    #expect(received.map(\.resumeBefore) == received.map(\.resumeBefore).sorted(by: >))
    #expect(received.last?.progress == 1)
    let values = received.reversed().flatMap { $0.series[web]?.values ?? [] }
    #expect(values == (0..<steps).map { Double(1_000_001 + $0) })
    #expect(received.last?.series[web]?.start == from)
    #expect(load.most <= 2, "\(load.most) requests at once")
  }

  @Test("a backfill goes on where it was interrupted and asks for nothing twice")
  func resume() async throws {
    let from = Timestamp(seconds: 60_000_000)
    let server = try rangeServer(from: 0, mostSteps: 11_000)
    let source = PrometheusSource(url: server.url, services: [web: .init(demand: "q")])
    let backfill = try #require(
      source.backfill(of: web, from: from, to: from + .seconds(45_000 * 60), step: .seconds(60)))
    let parts = Mutex<[PrometheusBackfill.Part]>([])
    for _ in 0..<2 {
      let checkpoint = parts.withLock { $0.last?.resumeBefore }
      do {
        try await backfill.run(resumingBefore: checkpoint) { part throws(SourceError) in
          let count = parts.withLock { received in
            received.append(part)
            return received.count
          }
          if count == 2 { throw .unavailable("killed") }
        }
      } catch {
        #expect(error == .unavailable("killed"))
      }
    }
    let values = parts.withLock { $0.reversed().flatMap { $0.series[web]?.values ?? [] } }
    #expect(values == (0..<45_000).map { Double(1_000_001 + $0) })
  }

  @Test("a backfill stops where the server's retention does")
  func retention() async throws {
    let end = Timestamp(seconds: 600_000_000)
    let server = try rangeServer(from: 600_000_000 - 15_000 * 60, mostSteps: 11_000)
    let source = PrometheusSource(url: server.url, services: [web: .init(demand: "q")])
    let backfill = try #require(
      source.backfill(of: web, from: Timestamp(seconds: 0), to: end, step: .seconds(60)))
    try await backfill.run(resumingBefore: nil) { _ in }
    #expect(server.requests.count < 10)
  }

  @Test("history puts unknown where the server has nothing, and several series are refused")
  func history() async throws {
    let server = try rangeServer(from: 60_000_180, mostSteps: 11_000)
    let source = PrometheusSource(url: server.url, services: [web: .init(demand: "q")])
    let series = try #require(
      await source.history(
        of: web, from: Timestamp(seconds: 60_000_000), to: Timestamp(seconds: 60_000_330)))
    #expect(series.start == Timestamp(seconds: 60_000_000))
    #expect((0..<5).map { series[$0] } == [nil, nil, 1_000_003, 1_000_004, 1_000_005])
    #expect(try await source.history(of: shop, from: time, to: time) == nil)
    let many = try ScriptedServer { _, _ in
      .answer(
        200,
        body:
          #"{"status":"success","data":{"resultType":"matrix","result":[{"metric":{"a":"1"},"values":[]},{"metric":{"a":"2"},"values":[]}]}}"#
      )
    }
    let ambiguous = PrometheusSource(url: many.url, services: [web: .init(demand: "q")])
    await #expect(
      throws: SourceError.malformed(
        "the query returned 2 series that differ in a; wrap it in sum(...)")
    ) {
      _ = try await ambiguous.history(of: web, from: time, to: time + .seconds(600))
    }
  }
}
