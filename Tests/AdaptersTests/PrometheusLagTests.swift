import Domain
import TestSupport
import Testing

@testable import Adapters

@Suite("How late a Prometheus is")
struct PrometheusLagTests {
  @Test(
    "the first range selector of a query is found, with its matchers and without what is around it",
    arguments: [
      ("rate(requests_total[30s])", "requests_total", 30),
      (
        #"sum(rate(http_requests_total{service="checkout"}[1m]))"#,
        #"http_requests_total{service="checkout"}"#, 60
      ),
      (
        #"sum by (a) (rate(job:x:sum{a=~"b[0-9]{2}",c!="}"}[2m])) * 2"#,
        #"job:x:sum{a=~"b[0-9]{2}",c!="}"}"#, 120
      ),
      (#"rate({__name__="x"}[15s])"#, #"{__name__="x"}"#, 15),
      ("avg_over_time(queue[5m:10s])", "queue", 300),
    ])
  func selector(query: String, series: String, seconds: Int64) {
    let found = RangeSelector(firstIn: query)
    #expect(found?.series == series)
    #expect(found?.range == .seconds(seconds))
  }

  @Test(
    "a query without a range, or with one that is not a plain duration, has no lag",
    arguments: [
      "requests", "job:rate:sum{a=\"[1m]\"}", "rate(x[])", "rate(x[$__rate_interval])", "[1m]", "",
      "rate(x[1m", "x{\"[1m]",
    ])
  func none(query: String) {
    #expect(RangeSelector(firstIn: query) == nil)
  }

  @Test("the lag is the newest scrape's age and half of the range; nil where there is no answer")
  func lag() async throws {
    let web = try #require(ServiceID("web"))
    let time = Timestamp(seconds: 1_700_000_000)
    for (value, expected) in [
      ("12.5", MetricLag.late(.milliseconds(27_500))), ("NaN", .unknown),
    ] {
      let server = try ScriptedServer { request, _ in
        guard request.form["query"] == "time() - max(timestamp(x{a=\"b\"}))" else { return .cut }
        let member = #"{"metric":{},"value":[1700000000,"\#(value)"]}"#
        return .answer(
          200,
          body: #"{"status":"success","data":{"resultType":"vector","result":[\#(member)]}}"#)
      }
      let source = PrometheusSource(
        url: server.url, services: [web: .init(demand: "sum(rate(x{a=\"b\"}[30s]))")])
      #expect(
        await source.lags(of: [web], at: time, deadline: .seconds(60)) == [web: expected])
    }
  }

  @Test("of many queries a few are looked at at once, and the others have no entry")
  func fewAtOnce() async throws {
    let server = try ScriptedServer { _, _ in
      .answer(
        200,
        body:
          #"{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[1,"5"]}]}}"#
      )
    }
    let services = try (0..<40).map { try #require(ServiceID("s\($0)")) }
    let plain = try #require(ServiceID("plain"))
    let queries = services.map { ($0, PrometheusSource.Queries(demand: "rate(x_\($0)[10s])")) }
    let source = PrometheusSource(
      url: server.url,
      services: Dictionary(uniqueKeysWithValues: queries + [(plain, .init(demand: "recorded"))]))
    let lags = await source.lags(
      of: services + [plain], at: Timestamp(seconds: 1_700_000_000), deadline: .seconds(60))
    #expect(server.requests.count == PrometheusSource.mostLagQuestions)
    let first = services.prefix(PrometheusSource.mostLagQuestions)
    #expect(lags.filter { $0.value == .late(.seconds(10)) }.keys.sorted() == first.sorted())
    #expect(lags[plain] == .unknown)
    #expect(lags.count == PrometheusSource.mostLagQuestions + 1)
  }
}
