public import Domain

/// Metrics from a Prometheus or anything that speaks its query API (Mimir, Thanos, VictoriaMetrics,
/// CloudWatch's and Google's PromQL end points).
///
/// A service has queries of its own, or is one label value of a fleet query: ten thousand services
/// then cost one request per tick. Each query is sent once per tick however many services use it.
/// What is not exactly one finite number ≥ 0 from a whole result is unknown, and the reading says why.
public struct PrometheusSource: MetricSource {
  /// The queries of one service.
  public struct Queries: Sendable, Equatable {
    /// Requests per second.
    public var demand: String
    /// Requests waiting.
    public var queue: String?

    public init(demand: String, queue: String? = nil) {
      self.demand = demand
      self.queue = queue
    }
  }

  /// Queries whose results carry the services' names in a label.
  public struct FleetQueries: Sendable, Equatable {
    public var queries: Queries
    public var label: String

    public init(_ queries: Queries, label: String) {
      self.queries = queries
      self.label = label
    }
  }

  let api: PrometheusAPI
  /// With connections of its own: however long the past takes, a tick's queries do not wait for it.
  let past: PrometheusAPI
  let services: [ServiceID: Queries]
  let fleets: [FleetQueries]
  let historyStep: Duration

  /// - Parameters:
  ///   - url: As in Grafana: scheme, host, port and path prefix, without `/api/v1`.
  ///   - services: Queries of single services; they win over fleet queries.
  ///   - fleets: Asked in this order; the first that knows a service answers for it.
  ///   - historyStep: The resolution of `history`.
  public init(
    url: String, options: HTTPOptions = HTTPOptions(), services: [ServiceID: Queries] = [:],
    fleets: [FleetQueries] = [], historyStep: Duration = .seconds(60)
  ) {
    api = PrometheusAPI(url: url, options: options)
    var few = options
    few.connections = 2
    past = PrometheusAPI(url: url, options: few)
    self.services = services
    self.fleets = fleets
    self.historyStep = historyStep
  }

  public func observe(
    _ asked: [ServiceID], at time: Timestamp, deadline: Duration
  ) async -> [MetricReading] {
    let wanted = asked.map { services[$0] }
    var questions: [PrometheusQuestion] = []
    for queries in wanted.compactMap({ $0 }) {
      questions.append(PrometheusQuestion(query: queries.demand))
      if let queue = queries.queue { questions.append(PrometheusQuestion(query: queue)) }
    }
    if wanted.contains(where: { $0 == nil }) {
      for fleet in fleets {
        questions.append(PrometheusQuestion(query: fleet.queries.demand, label: fleet.label))
        if let queue = fleet.queries.queue {
          questions.append(PrometheusQuestion(query: queue, label: fleet.label))
        }
      }
    }
    let answers = await ask(questions, at: time, deadline: deadline)
    return zip(asked, wanted).map { service, queries in
      guard let queries else { return fleetReading(of: service, answers) }
      return reading(
        rate: answers.value(of: PrometheusQuestion(query: queries.demand)),
        queue: queries.queue.map { answers.value(of: PrometheusQuestion(query: $0)) })
    }
  }

  /// The services that the fleet queries know at `time`, sorted; label values that cannot be a
  /// service's name are left out.
  public func discover(
    at time: Timestamp, deadline: Duration
  ) async throws(SourceError) -> [ServiceID] {
    var found: Set<ServiceID> = []
    for fleet in fleets {
      let reply = try await api.query(fleet.queries.demand, at: time, deadline: deadline)
      let members = try PrometheusAnswer(reply, label: fleet.label)
      found.formUnion(members.byName.keys.compactMap(ServiceID.init))
    }
    return found.sorted()
  }

  /// The query whose values a service's rate comes from.
  func demandQuery(of service: ServiceID) -> String? {
    services[service]?.demand ?? fleets.first?.queries.demand
  }

  private func ask(
    _ questions: [PrometheusQuestion], at time: Timestamp, deadline: Duration
  ) async -> PrometheusAnswers {
    await withTaskGroup(of: (PrometheusQuestion, PrometheusAnswers.Entry).self) { group in
      for question in Set(questions) {
        group.addTask {
          do throws(SourceError) {
            let reply = try await api.query(question.query, at: time, deadline: deadline)
            return (question, .success(try PrometheusAnswer(reply, label: question.label)))
          } catch {
            return (question, .failure(error))
          }
        }
      }
      var answers = PrometheusAnswers()
      for await (question, entry) in group { answers.entries[question] = entry }
      return answers
    }
  }

  private func fleetReading(of service: ServiceID, _ answers: PrometheusAnswers) -> MetricReading {
    var problem = "no query knows \(service)"
    for fleet in fleets {
      let demand = PrometheusQuestion(query: fleet.queries.demand, label: fleet.label)
      let rate = answers.value(of: demand, named: service.name)
      if case .failure(let reason) = rate {
        problem = reason.text
        if reason == .absent { continue }
      }
      let queue = fleet.queries.queue.map {
        answers.value(
          of: PrometheusQuestion(query: $0, label: fleet.label), named: service.name)
      }
      return reading(rate: rate, queue: queue)
    }
    return MetricReading(problem: problem)
  }

  private func reading(
    rate: Result<Double, PrometheusUnknown>, queue: Result<Double, PrometheusUnknown>?
  ) -> MetricReading {
    var reading = MetricReading()
    switch rate {
    case .success(let value): reading.rate = value
    case .failure(let why): reading.problem = "demand: \(why.text)"
    }
    switch queue {
    case .success(let value): reading.queue = value
    case .failure(let why): reading.problem = reading.problem ?? "queue: \(why.text)"
    case nil: break
    }
    return reading
  }
}
