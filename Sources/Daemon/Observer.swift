import Control
public import Domain
import Synchronization

/// Asks the sources and the clouds about all due services at once, and merges the answers into one
/// observation per service. What did not answer in time is unknown; whoever is not connected to it
/// does not wait for it.
public struct Observer: Sendable {
  let wiring: Wiring

  public struct Observed: Sendable {
    public var service: ServiceID
    public var observation: Observation
    /// Why something is unknown, for the operator.
    public var problems: [String]
  }

  public init(wiring: Wiring) { self.wiring = wiring }

  /// In the order of the services.
  public func observe(_ services: [ServiceWiring], at now: Timestamp) async -> [Observed] {
    let all = Mutex<[ServiceID: Observed]>([:])
    await observe(services, at: now) { some in
      all.withLock { all in for observed in some { all[observed.service] = observed } }
    }
    let seen = all.withLock { $0 }
    return services.compactMap { seen[$0.policy.id] }
  }

  /// Hands over services as soon as all that they are connected to has answered, at the latest when
  /// their patience ends; returns after the last. Every source and every cloud is asked once for all
  /// services that are equally patient.
  func observe(
    _ services: [ServiceWiring], at now: Timestamp,
    deliver: @escaping @Sendable ([Observed]) async -> Void
  ) async {
    await withTaskGroup { group in
      for (patience, equals) in Dictionary(grouping: services, by: \.patience) {
        let questions = ask(about: equals, at: now, patience: patience)
        for (connections, party) in Dictionary(grouping: equals, by: Connections.init) {
          group.addTask {
            await deliver(await merged(party, connections, questions, at: now))
          }
        }
      }
    }
  }

  /// Services with the same ones have their answers at the same time.
  private struct Connections: Hashable {
    var demand: String?
    var queue: String?
    var cloud: String?

    init(_ service: ServiceWiring) {
      (demand, queue, cloud) = (service.demandSource, service.queueSource, service.cloud)
    }
  }

  private struct Questions: Sendable {
    var metrics: [String: Task<[ServiceID: MetricReading], Never>] = [:]
    var fleets: [String: Task<[ServiceID: FleetReading], Never>] = [:]
  }

  private func ask(
    about services: [ServiceWiring], at now: Timestamp, patience: Duration
  ) -> Questions {
    var questions = Questions()
    for (name, source) in wiring.sources {
      let asked = services.filter { $0.demandSource == name || $0.queueSource == name }
        .map(\.policy.id)
      guard !asked.isEmpty else { continue }
      questions.metrics[name] = Task {
        let answers = await Deadline.run(patience) {
          // A source that knows a part says so before it is left behind with nothing.
          await source.observe(asked, at: now, deadline: patience * 0.9)
        }
        return Self.byService(asked, answers ?? [])
      }
    }
    for (name, cloud) in wiring.clouds {
      let asked = services.filter { $0.cloud == name }.map(\.policy.id)
      guard !asked.isEmpty else { continue }
      questions.fleets[name] = Task {
        let answers = await Deadline.run(patience) { await cloud.observe(asked, at: now) }
        return Self.byService(asked, answers ?? [])
      }
    }
    return questions
  }

  private func merged(
    _ party: [ServiceWiring], _ connections: Connections, _ questions: Questions,
    at now: Timestamp
  ) async -> [Observed] {
    var readings: [String: [ServiceID: MetricReading]] = [:]
    for name in [connections.demand, connections.queue].compactMap({ $0 }) {
      readings[name] = await questions.metrics[name]?.value
    }
    var states: [String: [ServiceID: FleetReading]] = [:]
    if let cloud = connections.cloud { states[cloud] = await questions.fleets[cloud]?.value }
    return party.map { merged($0, readings: readings, fleets: states, at: now) }
  }

  private func merged(
    _ service: ServiceWiring, readings: [String: [ServiceID: MetricReading]],
    fleets: [String: [ServiceID: FleetReading]], at now: Timestamp
  ) -> Observed {
    let id = service.policy.id
    var observation = Observation(time: now)
    var problems: [String] = []
    if let source = service.demandSource {
      let reading = readings[source]?[id] ?? MetricReading(problem: "\(source) did not answer")
      observation.rate = reading.rate.flatMap { $0.isFinite && $0 >= 0 ? $0 : nil }
      if let problem = reading.problem { problems.append(problem) }
    }
    if let source = service.queueSource {
      let reading = readings[source]?[id] ?? MetricReading(problem: "\(source) did not answer")
      observation.queue = reading.queue.flatMap { $0.isFinite && $0 >= 0 ? $0 : nil }
      if let problem = reading.problem, !problems.contains(problem) { problems.append(problem) }
    }
    if let cloud = service.cloud {
      let fleet = fleets[cloud]?[id] ?? FleetReading(problem: "\(cloud) did not answer")
      observation.ready = fleet.ready.flatMap { $0 >= 0 ? $0 : nil }
      observation.pending = fleet.pending
      observation.warm = fleet.warm
      observation.isRollingOut = fleet.isRollingOut
      observation.changedFloor = fleet.changedFloor
      if let problem = fleet.problem { problems.append(problem) }
    }
    return Observed(service: id, observation: observation, problems: problems)
  }

  /// Pairs the answers with the asked services; too short an answer leaves the rest unknown.
  private static func byService<Answer>(
    _ asked: [ServiceID], _ answers: [Answer]
  ) -> [ServiceID: Answer] {
    Dictionary(zip(asked, answers)) { first, _ in first }
  }
}

/// Gives up waiting for something that should have answered.
enum Deadline {
  /// The result, or nil if the time was up first. The work is cancelled, and left behind if it
  /// does not listen.
  static func run<Result: Sendable>(
    _ limit: Duration, _ work: @escaping @Sendable () async -> Result
  ) async -> Result? {
    let race = Race<Result>()
    let working = Task { race.finish(await work()) }
    let waiting = Task {
      try? await Task.sleep(for: limit)
      race.finish(nil)
    }
    let result = await race.winner()
    working.cancel()
    waiting.cancel()
    return result
  }
}
