import Control
public import Domain

/// Asks the sources and the clouds about all due services at once, and merges the answers into one
/// observation per service. What did not answer in time is unknown.
public struct Observer: Sendable {
  let wiring: Wiring

  public struct Observed: Sendable {
    public var service: ServiceID
    public var observation: Observation
    /// Why something is unknown, for the operator.
    public var problems: [String]
  }

  public init(wiring: Wiring) { self.wiring = wiring }

  public func observe(_ services: [ServiceWiring], at now: Timestamp) async -> [Observed] {
    let interval = services.map(\.policy.timing.interval).min() ?? .seconds(15)
    let deadline = interval * 0.4
    async let metrics = readings(of: services, at: now, deadline: deadline)
    async let fleets = fleets(of: services, at: now, deadline: deadline)
    let (readings, states) = await (metrics, fleets)
    return services.map { merged($0, readings: readings, fleets: states, at: now) }
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

  private func readings(
    of services: [ServiceWiring], at now: Timestamp, deadline: Duration
  ) async -> [String: [ServiceID: MetricReading]] {
    await withTaskGroup(of: (String, [ServiceID: MetricReading]).self) { group in
      for (name, source) in wiring.sources {
        let asked = services.filter { $0.demandSource == name || $0.queueSource == name }
          .map(\.policy.id)
        guard !asked.isEmpty else { continue }
        group.addTask {
          let answers = await Deadline.run(deadline) {
            await source.observe(asked, at: now, deadline: deadline)
          }
          return (name, Self.byService(asked, answers ?? []))
        }
      }
      return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
    }
  }

  private func fleets(
    of services: [ServiceWiring], at now: Timestamp, deadline: Duration
  ) async -> [String: [ServiceID: FleetReading]] {
    await withTaskGroup(of: (String, [ServiceID: FleetReading]).self) { group in
      for (name, cloud) in wiring.clouds {
        let asked = services.filter { $0.cloud == name }.map(\.policy.id)
        guard !asked.isEmpty else { continue }
        group.addTask {
          let answers = await Deadline.run(deadline) { await cloud.observe(asked, at: now) }
          return (name, Self.byService(asked, answers ?? []))
        }
      }
      return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
    }
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
