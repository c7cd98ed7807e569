import Domain
import Foundation
import TestSupport
import Testing

@testable import Adapters

@Suite("The CloudWatch source")
struct CloudWatchTests {
  private let web: ServiceID
  private let time = ManualTime(1_800_000_000)

  init() throws { web = try #require(ServiceID("web")) }

  private func source(
    _ url: String, _ queries: [ServiceID: CloudWatchSource.Queries],
    missing: CloudWatchSource.Missing = .gap
  ) -> CloudWatchSource {
    CloudWatchSource(
      region: "eu-west-1", services: queries,
      credentials: MotoServer.chain(AWSCredentials(accessKey: "K", secretKey: .value("s"))),
      missing: missing, endpoint: url, now: { [time] in time.now })
  }

  private static let demand = "AWS/ApplicationELB:RequestCount{LoadBalancer=app/web/50dc}"

  private func queries(queue: String? = nil) throws -> [ServiceID: CloudWatchSource.Queries] {
    [
      web: .init(
        demand: try #require(CloudWatchQuery(Self.demand)),
        queue: queue.flatMap(CloudWatchQuery.init))
    ]
  }

  private struct Asked: Decodable {
    struct Query: Decodable {
      struct Stat: Decodable {
        var period: Int
        var statistic: String

        enum CodingKeys: String, CodingKey {
          case period = "Period"
          case statistic = "Stat"
        }
      }

      var id: String
      var stat: Stat

      enum CodingKeys: String, CodingKey {
        case id = "Id"
        case stat = "MetricStat"
      }
    }

    var queries: [Query]
    var start: Int64
    var end: Int64
    var token: String?

    enum CodingKeys: String, CodingKey {
      case queries = "MetricDataQueries"
      case start = "StartTime"
      case end = "EndTime"
      case token = "NextToken"
    }
  }

  private static func asked(_ request: ScriptedServer.Request) -> Asked? {
    try? JSONDecoder().decode(Asked.self, from: Data(request.body))
  }

  private static func result(_ id: String, _ points: [(Int64, Double)], _ status: String) -> String
  {
    let times = points.map { "\($0.0)" }.joined(separator: ",")
    let values = points.map { "\($0.1)" }.joined(separator: ",")
    return
      #"{"Id":"\#(id)","Label":"x","Timestamps":[\#(times)],"Values":[\#(values)],"StatusCode":"\#(status)"}"#
  }

  @Test("a metric is read as it is written, and nothing else is one")
  func parsing() throws {
    let full = try #require(CloudWatchQuery("AWS/SQS:Messages{QueueName=q,Region=eu} Maximum"))
    #expect(full.namespace == "AWS/SQS")
    #expect(full.metric == "Messages")
    #expect(full.dimensions.map(\.name) == ["QueueName", "Region"])
    #expect(full.dimensions.map(\.value) == ["q", "eu"])
    #expect(full.statistic == "Maximum")
    #expect(!full.isCount)
    let short = try #require(CloudWatchQuery("Shop:Orders"))
    #expect(short.statistic == "Sum")
    #expect(short.isCount)
    for text in ["", "Orders", "Shop:", ":Orders", "Shop:Orders{a}", "a:b c d", "a:b{x=1"] {
      #expect(CloudWatchQuery(text) == nil, "\(text)")
    }
  }

  @Test("the newest recent point counts: a sum as a rate, other statistics as they are")
  func reading() async throws {
    let now = time.now.seconds
    let server = try ScriptedServer { _, _ in
      .answer(
        200,
        body:
          #"{"MetricDataResults":[\#(Self.result("q0", [(now - 180, 600), (now - 120, 1200)], "Complete")),\#(Self.result("q1", [(now - 60, 7)], "Complete"))]}"#
      )
    }
    let source = source(
      server.url, try queries(queue: "AWS/SQS:Messages{QueueName=q} Maximum"))
    #expect(
      await source.observe([web], at: time.now, deadline: .seconds(10))
        == [MetricReading(rate: 20, queue: 7)])
    let request = try #require(server.requests.first)
    #expect(request.headers["x-amz-target"] == "GraniteServiceVersion20100801.GetMetricData")
    #expect(request.headers["content-type"] == "application/x-amz-json-1.0")
    #expect(request.headers["authorization"]?.contains("/monitoring/aws4_request") == true)
    let asked = try #require(Self.asked(request))
    #expect(asked.start == now - 360)
    #expect(asked.end == now)
    #expect(asked.queries.map(\.stat.statistic) == ["Sum", "Maximum"])
    #expect(request.text.contains(#"{"Name":"LoadBalancer","Value":"app/web/50dc"}"#))
  }

  @Test("a point that never came is a gap or a zero, as the configuration says")
  func missing() async throws {
    let now = time.now.seconds
    let server = try ScriptedServer { _, _ in
      .answer(
        200,
        body:
          #"{"MetricDataResults":[\#(Self.result("q0", [(now - 300, 600)], "Complete"))]}"#)
    }
    let gap = await source(server.url, try queries())
      .observe([web], at: time.now, deadline: .seconds(10))
    #expect(gap.first?.rate == nil)
    #expect(gap.first?.problem == "demand: CloudWatch has no recent point of RequestCount")
    let zero = await source(server.url, try queries(), missing: .zero)
      .observe([web], at: time.now, deadline: .seconds(10))
    #expect(zero == [MetricReading(rate: 0)])
  }

  @Test(
    "F-24 F-54 what is partial, forbidden or refused is unknown, and says why",
    arguments: [
      ("PartialData", "demand: CloudWatch answered in part (PartialData)"),
      ("InternalError", "demand: CloudWatch answered in part (InternalError)"),
      ("Forbidden", "demand: CloudWatch forbids the metric"),
      ("", "AccessDenied: no"),
    ])
  func partial(status: String, problem: String) async throws {
    let now = time.now.seconds
    let server = try ScriptedServer { _, _ in
      status.isEmpty
        ? .answer(
          403, headers: ["x-amzn-query-error": "AccessDenied;Sender"], body: #"{"message":"no"}"#)
        : .answer(
          200,
          body: #"{"MetricDataResults":[\#(Self.result("q0", [(now - 60, 600)], status))]}"#)
    }
    let readings = await source(server.url, try queries(), missing: .zero)
      .observe([web], at: time.now, deadline: .seconds(10))
    #expect(readings == [MetricReading(problem: problem)])
  }

  @Test("500 metrics go in one call, and answers are read to their last page")
  func paging() async throws {
    let now = time.now.seconds
    let server = try ScriptedServer { request, _ in
      guard let asked = Self.asked(request) else { return .answer(400) }
      let isFirst = asked.token == nil
      let results = asked.queries.enumerated()
        .filter { ($0.offset % 2 == 0) == isFirst }
        .map { Self.result($0.element.id, [(now - 60, 60)], "Complete") }
      let token = isFirst ? #","NextToken":"more""# : ""
      return .answer(
        200, body: #"{"MetricDataResults":[\#(results.joined(separator: ","))]\#(token)}"#)
    }
    var queries: [ServiceID: CloudWatchSource.Queries] = [:]
    var services: [ServiceID] = []
    for number in 0..<501 {
      let service = try #require(ServiceID("s\(number)"))
      services.append(service)
      queries[service] = .init(demand: try #require(CloudWatchQuery("Shop:Orders{Id=\(number)}")))
    }
    let readings = await source(server.url, queries)
      .observe(services, at: time.now, deadline: .seconds(30))
    #expect(readings.allSatisfy { $0 == MetricReading(rate: 1) })
    let sizes = server.requests.compactMap { Self.asked($0)?.queries.count }
    #expect(sizes == [500, 500, 1, 1])
  }

  @Test("the past is read in the finest periods that are still kept, on one grid of a minute")
  func history() async throws {
    let day: Int64 = 86_400
    let now = time.now.seconds
    let server = try ScriptedServer { request, _ in
      guard let asked = Self.asked(request), let query = asked.queries.first else {
        return .answer(400)
      }
      // Ten per second in the oldest tier, twenty in the next, thirty in the newest.
      let period = query.stat.period
      let rates: [Int: Double] = [3600: 10, 300: 20, 60: 30]
      let sum = (rates[period] ?? 0) * Double(period)
      var points: [(Int64, Double)] = []
      for time in stride(from: asked.start, to: asked.end, by: period) {
        points.append((time, sum))
      }
      return .answer(
        200, body: #"{"MetricDataResults":[\#(Self.result("q0", points, "Complete"))]}"#)
    }
    let from = time.now - .seconds(70 * day)
    let source = source(server.url, try queries())
    let series = try #require(try await source.history(of: web, from: from, to: time.now))
    let minutes = 70 * 1440
    #expect(series.start == from)
    #expect(series.step == .seconds(60))
    #expect(series.count == minutes)
    #expect(series.knownCount == minutes)
    #expect(series[0] == 10)
    #expect(series[minutes - 40 * 1440] == 20)
    #expect(series[minutes - 1] == 30)
    let tiers = server.requests.compactMap(Self.asked)
    let periods = tiers.compactMap { $0.queries.first?.stat.period }
    #expect(periods == [3600, 300, 60])
    try #require(tiers.count == 3)
    // They meet, and none reaches beyond what AWS keeps.
    #expect(tiers[0].end == tiers[1].start)
    #expect(tiers[1].end == tiers[2].start)
    #expect(tiers[1].start >= now - 63 * day)
    #expect(tiers[2].start >= now - 15 * day)
  }

  @Test("what is older than 455 days is not asked for")
  func oldest() {
    let now = Timestamp(seconds: 1_800_000_000)
    let tiers = CloudWatchTier.tiers(
      from: now - .seconds(86_400 * 2000), to: now - .seconds(86_400 * 400), now: now)
    #expect(tiers.map(\.period) == [.seconds(3600)])
    #expect(tiers.first.map { $0.from >= now - .seconds(86_400 * 455) } == true)
    #expect(
      CloudWatchTier.tiers(
        from: now - .seconds(86_400 * 2000), to: now - .seconds(86_400 * 500), now: now
      ).isEmpty)
  }
}
