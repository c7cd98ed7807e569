public import Domain

/// Metrics from Amazon CloudWatch. Needs `cloudwatch:GetMetricData`.
///
/// A metric's newest period may still be on its way, so the newest one that is there is taken, as
/// long as it is recent. CloudWatch keeps no zeros for many metrics: a load balancer without requests
/// sends nothing, which looks like a metric that was lost. Which of the two it is, the configuration
/// has to say.
public struct CloudWatchSource: MetricSource {
  /// What a period without a point means.
  public enum Missing: String, Sendable, CaseIterable {
    case zero, gap
  }

  /// The metrics of one service.
  public struct Queries: Sendable, Equatable {
    public var demand: CloudWatchQuery
    public var queue: CloudWatchQuery?

    public init(demand: CloudWatchQuery, queue: CloudWatchQuery? = nil) {
      self.demand = demand
      self.queue = queue
    }
  }

  private let api: CloudWatchAPI
  private let services: [ServiceID: Queries]
  private let period: Duration
  private let missing: Missing
  private let now: @Sendable () -> Timestamp

  /// Periods that may be late before a missing point means what `missing` says.
  private static let lateness = 3
  private static let historyDeadline: Duration = .seconds(60)

  /// - Parameters:
  ///   - period: Of a live reading; 60 s unless the metric is of high resolution.
  ///   - endpoint: Instead of AWS' own.
  public init(
    region: String, services: [ServiceID: Queries], credentials: AWSCredentialChain,
    period: Duration = .seconds(60), missing: Missing = .gap, endpoint: String? = nil,
    options: HTTPOptions = HTTPOptions(), now: @escaping @Sendable () -> Timestamp
  ) {
    self.services = services
    self.period = max(period, .seconds(1))
    self.missing = missing
    self.now = now
    api = CloudWatchAPI(
      client: AWSJSONClient(
        caller: AWSCaller(
          endpoint: endpoint ?? AWSCaller.url(of: "monitoring", in: region), region: region,
          service: "monitoring", credentials: credentials, client: HTTPClient(options)),
        target: "GraniteServiceVersion20100801", version: "1.0", naming: .capitalised),
      // AWS allows 50 calls per second in most regions; others in the account need some as well.
      limiter: CallLimiter(TokenBucket(rate: 10, burst: 20)))
  }

  public func observe(
    _ asked: [ServiceID], at time: Timestamp, deadline: Duration
  ) async -> [MetricReading] {
    var questions: [CloudWatchQuery] = []
    for queries in asked.compactMap({ services[$0] }) {
      for query in [queries.demand, queries.queue].compactMap({ $0 })
      where !questions.contains(query) {
        questions.append(query)
      }
    }
    let to = time.floored(to: period)
    let from = to - period * (2 * Self.lateness)
    let answers: [CloudWatchAPI.Points]
    do throws(SourceError) {
      answers = try await api.points(
        questions, from: from, to: to, period: period, deadline: deadline)
    } catch {
      let problem = error.sentence
      return asked.map { _ in MetricReading(problem: problem) }
    }
    let byQuery = Dictionary(zip(questions, answers)) { first, _ in first }
    return asked.map { service in
      guard let queries = services[service] else {
        return MetricReading(problem: "no metric is configured for \(service)")
      }
      var reading = MetricReading()
      switch value(of: queries.demand, byQuery, until: to) {
      case .success(let value): reading.rate = value
      case .failure(let error): reading.problem = "demand: \(error.sentence)"
      }
      if let queue = queries.queue {
        switch value(of: queue, byQuery, until: to) {
        case .success(let value): reading.queue = value
        case .failure(let error):
          reading.problem = reading.problem ?? "queue: \(error.sentence)"
        }
      }
      return reading
    }
  }

  private func value(
    of query: CloudWatchQuery, _ answers: [CloudWatchQuery: CloudWatchAPI.Points],
    until end: Timestamp
  ) -> Result<Double, SourceError> {
    guard let points = answers[query] else { return .failure(.unavailable("no answer")) }
    if let problem = points.problem { return .failure(problem) }
    let oldest = end - period * Self.lateness
    let newest = zip(points.times, points.values).filter { $0.0 >= oldest }.max { $0.0 < $1.0 }
    guard let newest else {
      return missing == .zero
        ? .success(0)
        : .failure(.unavailable("CloudWatch has no recent point of \(query.metric)"))
    }
    guard newest.1.isFinite, newest.1 >= 0, newest.1 <= Sample.ceiling else {
      return .failure(.malformed("CloudWatch's value of \(query.metric) is not usable"))
    }
    return .success(query.isCount ? newest.1 / period.inSeconds : newest.1)
  }

  /// The demand over the past on a grid of one minute. CloudWatch keeps minutes for 15 days, five
  /// minutes for 63 and hours for 455: an older mean stands for all the minutes that it covers.
  public func history(
    of service: ServiceID, from: Timestamp, to: Timestamp
  ) async throws(SourceError) -> TimeSeries? {
    guard let query = services[service]?.demand else { return nil }
    let step: Duration = .seconds(60)
    let end = to.floored(to: step)
    let start = min(end, (from + step - .seconds(1)).floored(to: step))
    let count = Int((end.seconds - start.seconds) / 60)
    var values = [Double](
      repeating: missing == .zero ? 0 : .nan, count: max(0, min(count, 1_000_000)))
    for tier in CloudWatchTier.tiers(from: start, to: end, now: now()) {
      let found = try await api.points(
        [query], from: tier.from, to: tier.to, period: tier.period,
        deadline: Self.historyDeadline)
      guard let points = found.first else { continue }
      if let problem = points.problem { throw problem }
      let width = Int(tier.period.wholeSeconds / 60)
      for (time, value) in zip(points.times, points.values)
      where value.isFinite && value >= 0 && value <= Sample.ceiling {
        let rate = query.isCount ? value / tier.period.inSeconds : value
        let first = Int(time.since(start).wholeSeconds / 60)
        for index in max(0, first)..<max(0, min(values.count, first + width))
        where index < values.count {
          values[index] = rate
        }
      }
    }
    return TimeSeries(start: start, step: step, values: values)
  }
}

/// A stretch of the past that CloudWatch keeps in periods of one length.
struct CloudWatchTier: Sendable, Equatable {
  var from: Timestamp
  var to: Timestamp
  var period: Duration

  /// The finest that is still kept, oldest first; what is older than 455 days is gone. The ages are a
  /// little shorter than AWS', so that a slow call does not ask for what has just been dropped.
  static func tiers(from: Timestamp, to: Timestamp, now: Timestamp) -> [CloudWatchTier] {
    let day: Duration = .seconds(86_400)
    let ages: [(period: Int64, from: Duration, to: Duration)] = [
      (3600, day * 455 - .seconds(3600), day * 63 - .seconds(3600)),
      (300, day * 63 - .seconds(3600), day * 15 - .seconds(3600)),
      (60, day * 15 - .seconds(3600), .zero - day),
    ]
    return ages.compactMap { age in
      let period = Duration.seconds(age.period)
      let begin = max(from, (now - age.from).floored(to: .seconds(3600)))
      let end = min(to, (now - age.to).floored(to: .seconds(3600)))
      guard begin < end else { return nil }
      return CloudWatchTier(from: begin.floored(to: period), to: end, period: period)
    }
  }
}
