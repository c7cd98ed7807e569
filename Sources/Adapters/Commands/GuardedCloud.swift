public import Domain
import Synchronization

/// Stands between the decisions and any platform and holds the rules that are the same for all:
///
/// - in mode `observe` nothing is ever sent, in mode `floor` no size is;
/// - a command the platform does not take, or that is no longer valid, is not sent;
/// - a command is clamped to the platform's own bounds, and not sent if it would change nothing;
/// - a platform that accepted twice and did not move, or whose value somebody else keeps changing
///   back, is not commanded any more until it moves: the refusal says so.
///
/// What "would change nothing" and "did not move" mean is read from the latest observation, so the
/// driver observes before it commands.
public final class GuardedCloud: CloudAdapter {
  public enum Mode: String, Sendable, CaseIterable {
    case observe, floor, desired
  }

  public var capabilities: CloudCapabilities { base.capabilities }

  private let base: any CloudAdapter
  private let modes: [ServiceID: Mode]
  private let now: @Sendable () -> Timestamp
  private let grace: Duration
  private let watches = Mutex<[ServiceID: EffectWatch]>([:])

  /// - Parameters:
  ///   - modes: A service that is not named is only observed.
  ///   - grace: How long a platform may take to show the effect of what it accepted.
  public init(
    _ base: any CloudAdapter, modes: [ServiceID: Mode], grace: Duration = .seconds(60),
    now: @escaping @Sendable () -> Timestamp
  ) {
    self.base = base
    self.modes = modes
    self.grace = grace
    self.now = now
  }

  public func observe(_ services: [ServiceID], at time: Timestamp) async -> [FleetReading] {
    let readings = await base.observe(services, at: time)
    watches.withLock { watches in
      for (service, reading) in zip(services, readings) {
        watches[service, default: EffectWatch()].saw(reading, at: time, grace: grace)
      }
    }
    return readings
  }

  public func apply(_ command: ScaleCommand) async throws(CloudError) -> ScaleOutcome {
    let time = now()
    if let reason = reasonNotToSend(command, at: time) { return .notSent(reason) }
    guard base.capabilities.commands.contains(command.kind) else {
      return .refused("this platform takes no \(command.kind.rawValue)")
    }
    var command = command
    let watch = watches.withLock { $0[command.service] } ?? EffectWatch()
    command.replicas = watch.clamped(command)
    if let reason = watch.reasonToStop(command.kind) { return .refused(reason) }
    if watch.isAlready(command) { return .unchanged }
    let outcome = try await base.apply(command)
    if case .accepted = outcome {
      watches.withLock { $0[command.service, default: watch].accepted(command, at: time) }
    }
    return outcome
  }

  /// In mode `observe` no plan is left either; an empty plan is no plan.
  public func schedule(_ plan: FloorPlan) async throws(CloudError) {
    guard modes[plan.service] ?? .observe != .observe, !plan.floors.isEmpty else { return }
    try await base.schedule(plan)
  }

  public func cancelSchedule(of service: ServiceID) async throws(CloudError) {
    guard modes[service] ?? .observe != .observe else { return }
    try await base.cancelSchedule(of: service)
  }

  private func reasonNotToSend(_ command: ScaleCommand, at time: Timestamp) -> String? {
    switch (modes[command.service] ?? .observe, command.kind) {
    case (.observe, _): return "\(command.service) is only observed"
    case (.floor, .desired): return "\(command.service) takes floors only"
    case (.floor, .floor), (.floor, .warmPool), (.desired, _): break
    }
    return time < command.validUntil
      ? nil : "the command was valid until \(command.validUntil)"
  }
}

/// What was commanded to one service and what came of it, as the readings tell.
struct EffectWatch {
  private struct Accepted {
    var kind: ScaleCommand.Kind
    var replicas: Int
    var before: Int
    var at: Timestamp
  }

  private var reading = FleetReading()
  private var awaited: Accepted?
  /// What the platform showed to be ours: a later change of it is somebody else's.
  private var established: Accepted?
  private var withoutEffect = 0
  /// The last command without effect.
  private var stuck: Accepted?
  private var foreignWrites = 0
  private var lastForeignWrite: Timestamp?

  private static let patience = 2
  /// After this long without another one, foreign writes are forgotten.
  private static let memory: Duration = .seconds(3600)

  /// The value that a command of this kind sets.
  private func value(_ kind: ScaleCommand.Kind) -> Int? {
    switch kind {
    case .floor: return reading.min
    // A pool fills in its own time; what it shows says nothing about the command.
    case .warmPool: return nil
    case .desired:
      guard let ready = reading.ready, let pending = reading.pending else { return nil }
      return pending.reduce(ready) { $0 + $1.count }
    }
  }

  mutating func saw(_ new: FleetReading, at time: Timestamp, grace: Duration) {
    reading = new
    if let last = lastForeignWrite, time > last + Self.memory { foreignWrites = 0 }
    if let last = stuck, let shown = value(last.kind), shown != last.before {
      withoutEffect = 0
      stuck = nil
    }
    if let waiting = awaited, let shown = value(waiting.kind) {
      if shown != waiting.before {
        awaited = nil
        if shown == waiting.replicas { established = waiting }
      } else if time >= waiting.at + grace {
        withoutEffect += 1
        stuck = waiting
        awaited = nil
      }
    } else if let ours = established, ours.kind == .floor, let shown = value(.floor),
      shown != ours.replicas
    {
      foreignWrites += 1
      lastForeignWrite = time
      established = nil
    }
  }

  mutating func accepted(_ command: ScaleCommand, at time: Timestamp) {
    established = nil
    guard let before = value(command.kind), before != command.replicas else { return }
    awaited = Accepted(kind: command.kind, replicas: command.replicas, before: before, at: time)
  }

  func clamped(_ command: ScaleCommand) -> Int {
    let below = min(command.replicas, reading.max ?? command.replicas)
    return command.kind == .desired ? max(below, reading.min ?? below) : below
  }

  func isAlready(_ command: ScaleCommand) -> Bool { value(command.kind) == command.replicas }

  /// Why commanding on is useless; nil while it is not.
  func reasonToStop(_ kind: ScaleCommand.Kind) -> String? {
    if withoutEffect >= Self.patience {
      return "the platform accepted \(withoutEffect) commands and did not move"
    }
    if kind == .floor, foreignWrites >= Self.patience {
      return "somebody else changed the floor back \(foreignWrites) times"
    }
    return nil
  }
}
