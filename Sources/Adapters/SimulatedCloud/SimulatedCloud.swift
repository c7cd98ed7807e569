public import Domain
import Synchronization

/// A platform without a platform: fleets that boot, serve and queue in memory, so that the real
/// program runs on a laptop and tests need no cloud.
///
/// It has no clock. A reading advances a fleet to the instant of the reading, a command to what `now`
/// says. Time never runs backwards here: an earlier instant reads the state as it is.
public final class SimulatedCloud: CloudAdapter {
  /// Requests per second that arrive at a service on average over `[from, to)`; nil if unknown.
  public typealias Demand =
    @Sendable (_ service: ServiceID, _ from: Timestamp, _ to: Timestamp) -> Double?

  public let capabilities: CloudCapabilities

  private let settings: [ServiceID: SimulatedFleet.Settings]
  private let demand: Demand
  private let now: @Sendable () -> Timestamp
  private let state: Mutex<State>

  fileprivate struct State {
    var fleets: [ServiceID: SimulatedFleet]
    var faults: [SimulatedFault] = []
  }

  /// - Parameter fleets: Fleets exported by an earlier run; they go on where they were. Their
  ///   settings are replaced by `settings`; fleets of other services are forgotten.
  public init(
    _ settings: [ServiceID: SimulatedFleet.Settings], demand: @escaping Demand,
    now: @escaping @Sendable () -> Timestamp, fleets: [ServiceID: SimulatedFleet] = [:]
  ) {
    self.settings = settings
    self.demand = demand
    self.now = now
    var kept: [ServiceID: SimulatedFleet] = [:]
    for (service, setting) in settings {
      kept[service] = fleets[service]
      kept[service]?.settings = setting
    }
    state = Mutex(State(fleets: kept))
    let hasWarmPool = settings.values.contains { $0.warmBoot != nil }
    capabilities = CloudCapabilities(
      commands: hasWarmPool ? [.desired, .floor, .warmPool] : [.desired, .floor],
      holdsPlans: false, hasWarmPool: hasWarmPool)
  }

  /// The fleets as they are, for `init(fleets:)` of the next run.
  public var fleets: [ServiceID: SimulatedFleet] { state.withLock { $0.fleets } }

  public func inject(_ fault: SimulatedFault) { state.withLock { $0.faults.append(fault) } }

  /// One fleet advanced to `time`; nil for a service that is not simulated.
  public func fleet(of service: ServiceID, at time: Timestamp) -> SimulatedFleet? {
    state.withLock { $0.advance(service, to: time, settings: settings, demand: demand) }
  }

  /// Requests that wait at `time`; nil for a service that is not simulated.
  public func queue(of service: ServiceID, at time: Timestamp) -> Double? {
    fleet(of: service, at: time)?.queue
  }

  public func observe(_ services: [ServiceID], at time: Timestamp) async -> [FleetReading] {
    services.map { service in
      state.withLock { state in
        guard !state.active(at: time).contains(.unavailable) else {
          return FleetReading(problem: "the simulated platform does not answer")
        }
        let fleet = state.advance(service, to: time, settings: settings, demand: demand)
        guard let fleet else {
          return FleetReading(problem: "\(service) is not a simulated service")
        }
        return FleetReading(
          ready: fleet.ready,
          pending: fleet.booting.map {
            PendingBatch(count: $0.count, since: $0.since, isWarm: $0.isWarm ?? false)
          }
          .sorted { $0.since < $1.since },
          warm: fleet.settings.warmBoot.map { _ in fleet.pool?.ready ?? 0 },
          min: fleet.floor, max: fleet.settings.max)
      }
    }
  }

  public func apply(_ command: ScaleCommand) async throws(CloudError) -> ScaleOutcome {
    let time = now()
    return try state.withLock { state throws(CloudError) in
      try state.apply(command, at: time, settings: settings, demand: demand)
    }
  }
}

extension SimulatedCloud.State {
  func active(at time: Timestamp) -> [SimulatedFault.Kind] {
    faults.filter { $0.from <= time && time < $0.to }.map(\.kind)
  }

  mutating func advance(
    _ service: ServiceID, to time: Timestamp, settings: [ServiceID: SimulatedFleet.Settings],
    demand: SimulatedCloud.Demand
  ) -> SimulatedFleet? {
    guard let setting = settings[service] else { return nil }
    var fleet =
      fleets[service]
      ?? SimulatedFleet(setting, at: time, demand: demand(service, time, time + .seconds(1)))
    fleet.advance(to: time) { demand(service, $0, $1) }
    fleets[service] = fleet
    return fleet
  }

  mutating func apply(
    _ command: ScaleCommand, at time: Timestamp, settings: [ServiceID: SimulatedFleet.Settings],
    demand: SimulatedCloud.Demand
  ) throws(CloudError) -> ScaleOutcome {
    guard time <= command.validUntil else {
      return .notSent("the command was valid until \(command.validUntil)")
    }
    guard command.kind != .warmPool || settings[command.service]?.warmBoot != nil else {
      return .refused("the simulated platform has no warm pool")
    }
    let faults = active(at: time)
    if faults.contains(.unavailable) {
      throw .unavailable("the simulated platform does not answer", retryAfter: nil)
    }
    let advanced = advance(command.service, to: time, settings: settings, demand: demand)
    guard var fleet = advanced else {
      throw .notFound("\(command.service) is not a simulated service")
    }
    guard command.fencingToken >= fleet.fencingToken else {
      return .refused("a newer leader commands \(command.service)")
    }
    let isPool = command.kind == .warmPool
    let least = isPool ? 0 : fleet.settings.min
    let size = max(least, min(fleet.settings.max, command.replicas))
    let before = isPool ? fleet.pool?.size ?? 0 : fleet.provisioned
    let isRepeated =
      fleet.decision == command.decision && fleet.fencingToken == command.fencingToken
    let isChange = size != before || (command.kind == .floor && size != fleet.floor)
    guard isChange, !isRepeated else {
      fleets[command.service]?.fencingToken = command.fencingToken
      return .unchanged
    }
    if size > before, faults.contains(.launchRefused) {
      throw .unavailable("the simulated platform has no capacity left", retryAfter: nil)
    }
    fleet.fencingToken = command.fencingToken
    fleet.decision = command.decision
    if !faults.contains(.withoutEffect) {
      fleet.obey(command.kind, size: size, faults: faults)
    }
    fleets[command.service] = fleet
    if faults.contains(.answerLost) {
      throw .unknownResult("the connection to the simulated platform broke")
    }
    return .accepted(replicas: size)
  }
}

extension SimulatedFleet {
  fileprivate mutating func obey(
    _ kind: ScaleCommand.Kind, size: Int, faults: [SimulatedFault.Kind]
  ) {
    // There is no scaling of the platform's own here, so a fleet always is as small as its floor.
    if kind == .floor { floor = size }
    let before = kind == .warmPool ? pool?.size ?? 0 : provisioned
    var target = size
    var boot = settings.boot
    for fault in faults {
      switch fault {
      case .bootSlow(let factor): boot = .milliseconds(Int64(boot.inSeconds * factor * 1000))
      case .partialEffect(let share) where size > before:
        target = before + Int(Double(size - before) * share)
      default: continue
      }
    }
    if kind == .warmPool {
      resizePool(to: target, boot: boot)
    } else {
      resize(to: target, boot: boot)
    }
  }
}
