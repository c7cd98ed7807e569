import Domain
import Logging
import ServiceLifecycle
import Synchronization

@testable import Web

/// A server on a free port with a world that stands still, for as long as `body` runs.
func withServer<Value: Sendable>(
  _ services: WebServices = .still(), configure: (inout WebConfiguration) -> Void = { _ in },
  body: @Sendable @escaping (RawClient) async throws -> Value
) async throws -> Value {
  var configuration = WebConfiguration(address: try ListenAddress("127.0.0.1:0"))
  configure(&configuration)
  let (ports, port) = AsyncStream.makeStream(of: Int.self)
  let server = WebServer(
    configuration: configuration, services: services, logger: .silent
  ) { port.yield($0) }
  let group = ServiceGroup(
    configuration: ServiceGroupConfiguration(services: [server], logger: .silent))
  return try await withThrowingTaskGroup(of: Void.self) { tasks in
    tasks.addTask { try await group.run() }
    var iterator = ports.makeAsyncIterator()
    let client = RawClient(port: await iterator.next() ?? 0)
    let value: Value
    do {
      value = try await body(client)
    } catch {
      await group.triggerGracefulShutdown()
      throw error
    }
    await group.triggerGracefulShutdown()
    try await tasks.waitForAll()
    return value
  }
}

extension Logger {
  static var silent: Logger {
    var logger = Logger(label: "test")
    logger.logLevel = .critical
    return logger
  }
}

/// What `.ingest` was given.
final class Ingested: Sendable {
  private let samples = Mutex<[Sample]>([])

  func append(_ new: [Sample]) { samples.withLock { $0 += new } }
  var all: [Sample] { samples.withLock { $0 } }
}

struct StoreIsGone: Error {
  let path = "/secret/place/scaler.sqlite"
}

extension WebServices {
  static let present = Timestamp(seconds: 1_795_426_200)  // 2026-11-23T09:30:00Z

  /// Two services, of which nothing is known of the second, at one instant.
  static func still(into ingested: Ingested = Ingested()) -> WebServices {
    WebServices(
      now: { present },
      services: { [.checkout, .unseen] },
      service: { id in [.checkout, .unseen].first { $0.id == id } },
      samples: { _, metric, grid in
        TimeSeries(
          start: grid.from, step: grid.step,
          values: (0..<grid.count).map { index in
            if index % 10 == 3 { return .nan }
            return metric == .ready ? 5 : metric == .queue ? 0 : Double(100 + index % 7)
          })
      },
      targets: { _, grid in
        [
          TargetChange(time: grid.from - .seconds(60), target: 4),
          TargetChange(time: grid.from + .seconds(3600), target: 6),
        ]
      },
      decisions: { _, limit in
        (0..<limit).map { .sample(number: 100 - Int64($0), at: present - .seconds(15 * $0)) }
      },
      forecast: { id in id == ServiceStatus.checkout.id ? .sample(from: present) : nil },
      pastForecast: { id, grid in
        id == ServiceStatus.checkout.id ? .sample(from: grid.from) : nil
      },
      accuracy: { _ in nil },
      replicas: { id in
        id == ServiceStatus.checkout.id
          ? .known(
            replicas: 6, floor: 4, decidedAt: present - .seconds(7),
            validUntil: present + .seconds(60))
          : .unknown("nothing was observed yet.")
      },
      ingest: { samples in
        ingested.append(samples)
        return samples.map { $0.refusal(now: present) }
      },
      metrics: { .sample },
      readiness: { [ReadinessCheck(name: "store", passes: true, detail: "The store is open.")] })
  }
}

extension ServiceStatus {
  static let checkout = {
    var status = plainCheckout
    status.forecast = ForecastHealth(
      grade: .reactiveOnly, fittedAt: WebServices.present - .seconds(6 * 3600), exceedance: 0.25,
      level: 0.95)
    status.isLevelShifted = true
    status.violationBudgetSpent = 0.4
    return status
  }()

  private static let plainCheckout = ServiceStatus(
    id: .named("shop/checkout"), mode: .desired, ratePerReplica: 40, minimum: 3, maximum: 200,
    queueLimit: 2000, offsets: UTCOffsets(first: 3600, transitions: []),
    observation: Observation(
      time: WebServices.present - .seconds(3), rate: 123.5, queue: 0, ready: 5,
      pending: [PendingBatch(count: 1, since: WebServices.present)]),
    decision: .sample(number: 100, at: WebServices.present),
    times: MeasuredTimes(
      boot: .seconds(90), bootMedian: .seconds(84), bootUpper: .seconds(101), boots: 34,
      lag: .seconds(15), measuredLag: .milliseconds(18_500)))

  static let unseen = ServiceStatus(
    id: .named("unseen"), mode: .observe, ratePerReplica: 1, minimum: 1, maximum: 2,
    problems: ["The source <prom> & its query \"q\" do not answer."])
}

extension ServiceID {
  static func named(_ name: String) -> ServiceID {
    guard let id = ServiceID(name) else { preconditionFailure("\(name) is not a service's name") }
    return id
  }
}

extension Decision {
  static func sample(number: Int64, at time: Timestamp) -> Decision {
    Decision(
      id: DecisionID(number), service: .named("shop/checkout"), time: time, current: 5, target: 6,
      trail: [
        .forecast(replicas: 6, rate: 240, level: 0.975, lead: .seconds(120), median: 200),
        .observed(replicas: 4, rate: 123.5), .bounds(min: 3, max: 200),
      ])
  }
}

extension ForecastCurve {
  static func sample(from start: Timestamp) -> ForecastCurve {
    let mean = (0..<48).map { Double(100 + $0) }
    return ForecastCurve(
      madeAt: start, start: start, step: .seconds(300), mean: mean,
      quantiles: [
        Quantile(level: 0.9, values: mean.map { $0 * 1.2 }),
        Quantile(level: 0.1, values: mean.map { $0 * 0.8 }),
        Quantile(level: 0.5, values: mean),
      ], model: "dshw")
  }
}

extension MetricsSnapshot {
  static var sample: MetricsSnapshot {
    var snapshot = MetricsSnapshot(version: "1.2.3", startedAt: WebServices.present)
    snapshot.ticks = 100
    snapshot.isLeader = true
    snapshot.isBreakerOpen = true
    snapshot.isQuarantined = true
    var lateness = Histogram(bounds: [0.1, 1])
    for value in [0.05, 0.5, 5, .nan] { lateness.record(value) }
    snapshot.tickLateness = lateness
    snapshot.sourceErrors = [Count(name: "a\"b\\c\nd", count: 3)]
    var known = Service(id: .named("shop/checkout"))
    known.rate = 123.5
    known.ready = 5
    known.forecast = [ForecastLevel(level: 0.9, value: 150)]
    known.decisions = 7
    known.health = ServiceStatus.checkout.forecast
    known.isLevelShifted = true
    known.violationBudgetSpent = 0.4
    snapshot.services = [known, Service(id: .named("unseen"))]
    return snapshot
  }
}
