import Adapters
import Control
import Daemon
import Domain
import Foundation
import Storage

/// The sources, clouds and clock that a configuration names, made real.
struct World: Sendable {
  var wiring: Wiring
  var clock: any DaemonClock
  var pushed: PushedMetrics
  /// What has to be kept for the next start, if a cloud is simulated.
  var simulated: [String: SimulatedCloud] = [:]
  private let limiters: CallLimiters

  private static let originKey = "replay.origin"
  private static func fleetsKey(_ name: String) -> String { "simulated.\(name)" }

  /// - Parameters:
  ///   - speed: Instead of the configured speed of replayed time.
  ///   - old: The world that this one takes over from; its time goes on, and what was pushed to it
  ///     stays known.
  init(
    _ configuration: ServeConfiguration, store: Store, speed: Double?, after old: World? = nil
  ) async throws {
    let replays = configuration.sources.compactMap {
      entry -> (String, SourceConfiguration.Replay)? in
      if case .replay(let replay) = entry.source { return (entry.name, replay) }
      return nil
    }
    let clock =
      old?.clock
      ?? Self.clock(for: configuration, store: store, speed: speed, replays: replays.map(\.1))
    self.clock = clock
    pushed = old?.pushed ?? PushedMetrics()
    limiters = old?.limiters ?? CallLimiters()
    var sources: [String: any MetricSource] = [:]
    if !replays.isEmpty {
      let origin = try await Self.origin(in: store, now: clock.now)
      for (name, replay) in replays {
        sources[name] = try Self.replay(replay, name: name, configuration, origin: origin)
      }
    }
    for entry in configuration.sources {
      switch entry.source {
      case .replay: continue
      case .push: sources[entry.name] = pushed
      case .file(let path): sources[entry.name] = Self.file(path, entry.name, configuration)
      case .prometheus(let url, let options):
        sources[entry.name] = try Self.prometheus(url, options, entry.name, configuration)
      case .cloudWatch(let section):
        sources[entry.name] = try section.source(
          named: entry.name, for: configuration.services, now: { clock.now })
      }
    }
    var clouds: [String: any CloudAdapter] = [:]
    for entry in configuration.clouds {
      let served = configuration.services.filter { $0.cloud?.name == entry.name }
      if let adapter = try entry.cloud.adapter(
        for: served, leadership: configuration.leadership, limiters: limiters,
        now: { clock.now })
      {
        // One guard stands before every real platform: it reads before it writes, sends nothing
        // that changes nothing, and stops where accepted commands have no effect.
        let modes = served.map {
          ($0.policy.id, GuardedCloud.Mode(rawValue: $0.policy.mode.rawValue) ?? .observe)
        }
        clouds[entry.name] = GuardedCloud(
          adapter, modes: Dictionary(modes, uniquingKeysWith: { first, _ in first }),
          now: { clock.now })
        continue
      }
      guard case .simulated(let boot) = entry.cloud else { continue }
      let cloud = try Self.simulated(
        entry.name, boot: boot, configuration, store: store, clock: clock, sources: sources)
      simulated[entry.name] = cloud
      clouds[entry.name] = cloud
    }
    wiring = Wiring(
      services: configuration.services.map {
        ServiceWiring(
          policy: $0.policy, demandSource: $0.demand?.source, queueSource: $0.queue?.source,
          cloud: $0.cloud?.name, measuresLag: $0.measuresLag)
      },
      sources: sources, clouds: clouds)
    addQueues()
  }

  /// Keeps the simulated fleets for the next start.
  func saveFleets(to store: Store) async throws {
    for (name, cloud) in simulated.sorted(by: { $0.key < $1.key }) {
      let fleets = Dictionary(
        cloud.fleets.map { ($0.key.name, $0.value) }, uniquingKeysWith: { first, _ in first })
      let text = String(decoding: try JSONEncoder().encode(fleets), as: UTF8.self)
      try await store.setMeta(Self.fleetsKey(name), to: text)
    }
  }

  /// A replayed trace knows no queue; where its service runs on a simulated cloud, that cloud does.
  private mutating func addQueues() {
    for service in wiring.services {
      guard let name = service.queueSource, let replay = wiring.sources[name] as? ReplaySource,
        let cloud = service.cloud.flatMap({ simulated[$0] })
      else { continue }
      wiring.sources[name] = cloud.metrics(over: replay)
    }
  }

  /// Replayed time goes on where the store's newest sample is, so that a second run continues the
  /// first even if time ran faster than the wall's.
  private static func clock(
    for configuration: ServeConfiguration, store: Store, speed: Double?,
    replays: [SourceConfiguration.Replay]
  ) -> RunningClock {
    let wall = Timestamp(seconds: Int64(Date().timeIntervalSince1970))
    guard !replays.isEmpty else { return RunningClock(origin: wall) }
    let newest = configuration.services.compactMap {
      store.newest(of: $0.policy.id, metric: .rate)?.time
    }.max()
    return RunningClock(
      origin: max(wall, newest ?? wall), speed: speed ?? replays.map(\.speed).max() ?? 1)
  }

  /// The day that the traces' last day became at the first start.
  private static func origin(in store: Store, now: Timestamp) async throws -> Timestamp {
    if let text = try store.meta(originKey), let time = Timestamp(parsing: text) { return time }
    try await store.setMeta(originKey, to: now.description)
    return now
  }

  private static func file(
    _ path: String, _ name: String, _ configuration: ServeConfiguration
  ) -> FileSource {
    let services = configuration.services.filter { $0.demand?.source == name }
    let names = services.map { ($0.policy.id, $0.demand?.query ?? $0.policy.id.name) }
    return FileSource(path: path, names: Dictionary(names, uniquingKeysWith: { first, _ in first }))
  }

  private static func prometheus(
    _ url: String, _ options: HTTPOptions, _ name: String, _ configuration: ServeConfiguration
  ) throws -> PrometheusSource {
    var queries: [ServiceID: PrometheusSource.Queries] = [:]
    var steps: [Duration] = []
    let fleets = configuration.discoveries.filter { $0.source == name }.map(\.queries)
    for service in configuration.services {
      guard let demand = service.demand, demand.source == name else { continue }
      steps.append(DemandFitting.step(for: service.policy))
      guard let query = demand.query else {
        // One that a fleet query found is asked for by that query.
        guard service.isDiscovered else { throw demand.place.refusal("needs a `query`") }
        continue
      }
      let queue = service.queue.flatMap { $0.source == name ? $0.query : nil }
      queries[service.policy.id] = PrometheusSource.Queries(demand: query, queue: queue)
    }
    // A history coarser than the finest model's step would leave that model nothing to learn from.
    return PrometheusSource(
      url: url, options: options, services: queries, fleets: fleets,
      historyStep: steps.min() ?? .seconds(60))
  }

  private static func replay(
    _ replay: SourceConfiguration.Replay, name: String, _ configuration: ServeConfiguration,
    origin: Timestamp
  ) throws -> ReplaySource {
    let file = try SeriesFile(path: replay.trace)
    var traces: [ServiceID: ReplayTrace] = [:]
    for service in configuration.services {
      guard service.demand?.source == name || service.queue?.source == name else { continue }
      let wanted = service.demand?.query ?? service.policy.id.name
      guard let series = file.series.first(where: { $0.name == wanted }) ?? file.only else {
        throw CommandFailure(
          status: .badInput,
          message: "\(replay.trace) holds \(file.series.count) series and none is called "
            + "`\(wanted)`: name one under `query`")
      }
      // A trace of minutes has its own.
      let texture =
        series.rate.step < .seconds(300)
        ? nil : ReplayTexture(deviation: 0.03, tau: .seconds(60), seed: 7)
      traces[service.policy.id] = ReplayTrace(
        series.rate, origin: origin, scale: replay.scale, texture: texture)
    }
    return ReplaySource(traces)
  }

  private static func simulated(
    _ name: String, boot: Duration, _ configuration: ServeConfiguration, store: Store,
    clock: any DaemonClock, sources: [String: any MetricSource]
  ) throws -> SimulatedCloud {
    var settings: [ServiceID: SimulatedFleet.Settings] = [:]
    var replays: [ServiceID: ReplaySource] = [:]
    for service in configuration.services where service.cloud?.name == name {
      let fleet = service.policy.fleet
      settings[service.policy.id] = SimulatedFleet.Settings(
        ratePerReplica: fleet.ratePerReplica, boot: boot, min: fleet.min, max: fleet.max,
        queueLimit: fleet.queueLimit ?? 5000,
        warmBoot: fleet.standby.map { _ in fleet.warmBoot })
      replays[service.policy.id] = service.demand.flatMap { sources[$0.source] as? ReplaySource }
    }
    var kept: [ServiceID: SimulatedFleet] = [:]
    if let text = try store.meta(fleetsKey(name)),
      let fleets = try? JSONDecoder().decode(
        [String: SimulatedFleet].self, from: Data(text.utf8))
    {
      for (name, fleet) in fleets { if let id = ServiceID(name) { kept[id] = fleet } }
    }
    let demands = replays
    return SimulatedCloud(
      settings, demand: { service, from, to in demands[service]?.demand(service, from, to) },
      now: { clock.now }, fleets: kept)
  }
}

extension SeriesFile {
  /// The series of a file that holds just one.
  var only: Series? { series.count == 1 ? series.first : nil }
}
