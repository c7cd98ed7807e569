import Domain
import TestSupport
import Testing

@testable import Adapters

@Suite(
  "CloudWatch on a real moto server",
  .enabled(if: isInstalled("moto_server"), "needs PyPI's moto[server]"))
struct RealCloudWatchTests {
  private let web: ServiceID

  init() throws { web = try #require(ServiceID("web")) }

  /// Twelve minutes of requests per minute for one load balancer, the fifth left out, and as many
  /// for another.
  private static func put(_ first: Timestamp, to url: String) async throws {
    let metrics = MotoServer.query(url, "monitoring", "2010-08-01")
    for minute in 0..<12 where minute != 4 {
      var fields = [("Namespace", "AWS/ApplicationELB")]
      for (number, balancer, scale) in [(1, "app/web/50dc", 60.0), (2, "app/shop/77aa", 6.0)] {
        let entry = "MetricData.member.\(number)"
        fields += [
          ("\(entry).MetricName", "RequestCount"),
          ("\(entry).Timestamp", "\(first + .seconds(Int64(minute) * 60))"),
          ("\(entry).Value", "\(scale * Double(100 + minute))"),
          ("\(entry).Dimensions.member.1.Name", "LoadBalancer"),
          ("\(entry).Dimensions.member.1.Value", balancer),
        ]
      }
      _ = try await metrics.call(
        "PutMetricData", fields, deadline: .seconds(30), retry: .never)
    }
  }

  @Test("F-54 rates and history are what was put there, with the policy's rights and no others")
  func metrics() async throws {
    let now = Timestamp.wallClock.floored(to: .seconds(60))
    let first = now - .seconds(12 * 60)
    let moto = try await MotoServer { try await Self.put(first, to: $0) }
    let demand = "AWS/ApplicationELB:RequestCount{LoadBalancer=app/web/50dc}"
    func source(_ keys: AWSCredentials, missing: CloudWatchSource.Missing) throws
      -> CloudWatchSource
    {
      CloudWatchSource(
        region: "eu-west-1", services: [web: .init(demand: try #require(CloudWatchQuery(demand)))],
        credentials: MotoServer.chain(keys), missing: missing, endpoint: moto.url + "/",
        now: { .wallClock })
    }
    let gaps = try source(moto.keys, missing: .gap)
    let reading = try #require(await gaps.observe([web], at: now, deadline: .seconds(30)).first)
    #expect(reading == MetricReading(rate: 111))

    let history = try #require(try await gaps.history(of: web, from: first, to: now))
    #expect(history.start == first)
    #expect(history.values.count == 12)
    for (minute, value) in history.values.enumerated() {
      #expect(minute == 4 ? value.isNaN : value == Double(100 + minute), "minute \(minute)")
    }
    let zeros = try source(moto.keys, missing: .zero)
    #expect(try await zeros.history(of: web, from: first, to: now)?.values[4] == 0)

    let stranger = try source(
      AWSCredentials(accessKey: moto.keys.accessKey, secretKey: .value("wrong")), missing: .zero)
    let refused = try #require(await stranger.observe([web], at: now, deadline: .seconds(30)).first)
    #expect(refused.rate == nil)
    #expect(refused.problem?.contains("SignatureDoesNotMatch") == true, "\(refused)")
  }
}
