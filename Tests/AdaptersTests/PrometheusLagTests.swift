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
    for (value, expected) in [("12.5", Duration.milliseconds(27_500)), ("NaN", nil)] {
      let server = try ScriptedServer { request, _ in
        guard request.form["query"] == "time() - max(timestamp(x{a=\"b\"}))" else { return .cut }
        let member = #"{"metric":{},"value":[1700000000,"\#(value)"]}"#
        return .answer(
          200,
          body: #"{"status":"success","data":{"resultType":"vector","result":[\#(member)]}}"#)
      }
      let source = PrometheusSource(
        url: server.url, services: [web: .init(demand: "sum(rate(x{a=\"b\"}[30s]))")])
      #expect(await source.lag(of: web, at: time, deadline: .seconds(5)) == expected)
    }
  }
}
