import Adapters
import Control
import Domain
import Foundation

/// A source of the kind `cloudwatch`.
struct CloudWatchSection: Sendable {
  var region: String
  var endpoint: String?
  var period: Duration
  var missing: CloudWatchSource.Missing

  init(_ field: YAMLField) throws {
    let section = try field.section(["kind", "region", "endpoint", "period", "missing"])
    region = try section.required("region").text()
    endpoint = try section["endpoint"]?.url()
    period = try section["period"]?.wholeSeconds() ?? .seconds(60)
    missing = try section["missing"]?.choice(CloudWatchSource.Missing.self) ?? .gap
    if let field = section["period"], period < .seconds(1) {
      throw field.refusal("must be at least 1s")
    }
  }

  /// The source for the services that name it.
  func source(
    named name: String, for services: [ServiceConfiguration],
    now: @escaping @Sendable () -> Timestamp
  ) throws -> CloudWatchSource {
    var queries: [ServiceID: CloudWatchSource.Queries] = [:]
    for service in services {
      guard let demand = service.demand, demand.source == name else { continue }
      var own = CloudWatchSource.Queries(demand: try Self.metric(demand))
      if let queue = service.queue, queue.source == name { own.queue = try Self.metric(queue) }
      queries[service.policy.id] = own
    }
    return CloudWatchSource(
      region: region, services: queries,
      credentials: AWSCredentialChain(region: region, now: now), period: period,
      missing: missing, endpoint: endpoint, now: now)
  }

  private static func metric(_ signal: SignalReference) throws -> CloudWatchQuery {
    guard let query = signal.query.flatMap(CloudWatchQuery.init) else {
      throw signal.place.refusal(
        "needs a `query` such as `AWS/ApplicationELB:RequestCount{LoadBalancer=app/web/1} Sum`")
    }
    return query
  }
}

extension AWSCredentialChain {
  /// The keys that this process finds.
  init(region: String, now: @escaping @Sendable () -> Timestamp) {
    self.init(
      AWSCredentialPlaces(environment: ProcessInfo.processInfo.environment, region: region),
      now: now)
  }
}
