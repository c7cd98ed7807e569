import Control
import Domain
import Foundation
import Logging
import Storage
import Synchronization
import Testing

@testable import Daemon

/// A clock that jumps to the next tick once everything that the last one started has settled, so
/// that a day of ticks takes a second and always happens in the same order.
final class SteppingClock: DaemonClock {
  private let time: Mutex<Timestamp>
  private let end: Timestamp
  private let settle: Mutex<(@Sendable () async -> Void)?> = Mutex(nil)

  init(from start: Timestamp, to end: Timestamp) {
    time = Mutex(start)
    self.end = end
  }

  var now: Timestamp { time.withLock { $0 } }

  func onSettle(_ body: @escaping @Sendable () async -> Void) { settle.withLock { $0 = body } }

  func sleep(until next: Timestamp) async throws {
    if let settle = settle.withLock({ $0 }) { await settle() }
    guard next < end else { throw CancellationError() }
    time.withLock { $0 = max($0, next) }
  }
}

/// A source with a script: a daily wave with noise, and spans in which it is silent.
struct ScriptedSource: MetricSource {
  var silent: Range<Int64> = 0..<0
  var hasHistory = true
  var lag: Duration?
  /// Demand is this many times as high from an instant on.
  var shift: (from: Timestamp, factor: Double)?

  static func rate(at time: Timestamp) -> Double {
    let hour = Double(time.seconds % 86_400) / 3600
    let noise = Double((time.seconds &* 2_654_435_761) % 97) / 97
    return 400 + 300 * sin((hour - 9) / 24 * 2 * .pi) + 20 * noise
  }

  func observe(
    _ services: [ServiceID], at time: Timestamp, deadline: Duration
  ) async -> [MetricReading] {
    services.map { _ in
      silent.contains(time.seconds)
        ? MetricReading(problem: "silent") : MetricReading(rate: shifted(at: time), queue: 0)
    }
  }

  private func shifted(at time: Timestamp) -> Double {
    let factor = shift.map { $0.from <= time ? $0.factor : 1 } ?? 1
    return factor * Self.rate(at: time)
  }

  func lags(
    of services: [ServiceID], at time: Timestamp, deadline: Duration
  ) async -> [ServiceID: MetricLag] {
    Dictionary(uniqueKeysWithValues: services.map { ($0, lag.map { .late($0) } ?? .unknown) })
  }

  func history(of service: ServiceID, from: Timestamp, to: Timestamp) async throws(SourceError)
    -> TimeSeries?
  {
    guard hasHistory else { return nil }
    let start = max(from, to - .seconds(4 * 86_400)).floored(to: .seconds(60))
    let count = Int((to.seconds - start.seconds) / 60)
    return TimeSeries(
      start: start, step: .seconds(60),
      values: (0..<count).map { Self.rate(at: start + .seconds($0 * 60)) })
  }
}

/// A platform that obeys after a boot time, and now and then refuses, all from its own count of
/// calls.
final class ScriptedCloud: CloudAdapter {
  struct State {
    var ready = 6
    var pending: [PendingBatch] = []
    var calls = 0
    var applied: [ScaleCommand] = []
  }

  let state = Mutex(State())
  let capabilities = CloudCapabilities(
    commands: [.desired], holdsPlans: false, hasWarmPool: false)
  let clock: any DaemonClock
  let refusesEvery: Int

  init(clock: any DaemonClock, refusesEvery: Int = 0) {
    self.clock = clock
    self.refusesEvery = refusesEvery
  }

  /// The same platform seen by the next process.
  init(clock: any DaemonClock, after other: ScriptedCloud) {
    self.clock = clock
    refusesEvery = other.refusesEvery
    let kept = other.state.withLock { $0 }
    state.withLock { $0 = kept }
  }

  func observe(_ services: [ServiceID], at time: Timestamp) async -> [FleetReading] {
    state.withLock { state in
      while let first = state.pending.first, time.since(first.since) >= .seconds(60) {
        state.ready += first.count
        state.pending.removeFirst()
      }
      return services.map { _ in FleetReading(ready: state.ready, pending: state.pending) }
    }
  }

  func apply(_ command: ScaleCommand) async throws(CloudError) -> ScaleOutcome {
    let now = clock.now
    let refused = state.withLock { state in
      state.calls += 1
      guard refusesEvery == 0 || state.calls % refusesEvery != 0 else { return true }
      state.applied.append(command)
      let size = state.pending.reduce(state.ready) { $0 + $1.count }
      if command.replicas > size {
        state.pending.append(PendingBatch(count: command.replicas - size, since: now))
      } else {
        state.pending = []
        state.ready = command.replicas
      }
      return false
    }
    if refused { throw .unavailable("throttled", retryAfter: nil) }
    return .accepted(replicas: command.replicas)
  }
}

/// A daemon on a scripted world.
struct ScriptedDaemon {
  /// When scripted runs begin: four in the afternoon, shortly after demand was highest.
  static let start = Timestamp(seconds: 1_764_000_000)

  let service: ServiceID
  let loop: ControlLoop
  let cloud: ScriptedCloud
  let board = StatusBoard()

  init(
    store: Store, from start: Timestamp, to end: Timestamp, mode: ServicePolicy.Mode = .desired,
    source: ScriptedSource = ScriptedSource(), cloud previous: ScriptedCloud? = nil,
    refusesEvery: Int = 0, leadership: [(from: Timestamp, token: Int64?)]? = nil,
    measuresLag: Bool = false, settles: Bool = true, logger: Logger = .silent
  ) throws {
    let clock = SteppingClock(from: start, to: end)
    let cloud =
      previous.map { ScriptedCloud(clock: clock, after: $0) }
      ?? ScriptedCloud(clock: clock, refusesEvery: refusesEvery)
    service = try #require(ServiceID("web"))
    let policy = ServicePolicy(
      id: service, mode: mode,
      fleet: FleetPolicy(ratePerReplica: 50, boot: .seconds(60), min: 2, max: 100))
    loop = ControlLoop(
      wiring: Wiring(
        services: [
          ServiceWiring(
            policy: policy, demandSource: "s", queueSource: "s", cloud: "c",
            measuresLag: measuresLag)
        ],
        sources: ["s": source], clouds: ["c": cloud]),
      store: store, clock: clock, board: board, logger: logger,
      leadership: leadership.map { ScriptedLeadership(clock: clock, script: $0) })
    self.cloud = cloud
    let loop = loop
    if settles { clock.onSettle { await loop.settle() } }
  }

  /// Runs to the clock's end.
  func run() async throws {
    try await loop.runToTheEnd()
  }
}

extension ControlLoop {
  /// Runs until its clock ends, and lets what is under way end as well.
  func runToTheEnd() async throws {
    do {
      try await run()
    } catch is CancellationError {}
    await settle()
  }
}

extension Logger {
  static var silent: Logger {
    var logger = Logger(label: "test")
    logger.logLevel = .critical
    return logger
  }
}
