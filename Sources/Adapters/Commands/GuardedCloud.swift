public import Domain
import Synchronization

/// Stands between the decisions and any platform and holds the rules that are the same for all:
///
/// - in mode `observe` nothing is ever sent, in mode `floor` no size is;
/// - a command the platform does not take, or that is no longer valid, is not sent;
/// - a command is clamped to the platform's own bounds, and not sent if it would change nothing;
/// - after a platform asked for a pause (`Retry-After`), nothing is sent before it is over;
/// - a platform that accepted twice and did not move, or whose value somebody else keeps changing
///   back, is not commanded any more until it moves.
///
/// What is cut off or stopped is told twice: in the outcome, and as the reading's problem for as long
/// as it lasts.
///
/// What "would change nothing" and "did not move" mean is read from the latest observation, so the
/// driver observes before it commands.
public final class GuardedCloud: RehearsingCloud {
  public enum Mode: String, Sendable, CaseIterable {
    case observe, floor, desired
  }

  public var capabilities: CloudCapabilities { base.capabilities }

  private let base: any CloudAdapter
  private let modes: [ServiceID: Mode]
  private let now: @Sendable () -> Timestamp
  private let grace: Duration
  private let state = Mutex(State())

  private struct State {
    var watches: [ServiceID: EffectWatch] = [:]
    /// What the platform asked for counts for all of its services: they share its limits.
    var pausedUntil: Timestamp?
  }

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
    var readings = await base.observe(services, at: time)
    state.withLock { state in
      for (index, service) in services.enumerated() where readings.indices.contains(index) {
        var watch = state.watches[service] ?? EffectWatch()
        watch.saw(readings[index], at: time, grace: grace)
        readings[index].problem = readings[index].problem ?? watch.alarm
        state.watches[service] = watch
      }
    }
    return readings
  }

  public func apply(_ command: ScaleCommand) async throws(CloudError) -> ScaleOutcome {
    let time = now()
    let passed: ScaleCommand
    switch admit(command, at: time) {
    case .stopped(let outcome): return outcome
    case .passed(let clamped): passed = clamped
    }
    do throws(CloudError) {
      let outcome = try await base.apply(passed)
      state.withLock { state in
        state.watches[command.service, default: EffectWatch()]
          .note(outcome, of: passed, asked: command.replicas, at: time)
      }
      return outcome
    } catch {
      if case .unavailable(_, let pause?) = error {
        state.withLock { $0.pausedUntil = max($0.pausedUntil ?? time, time + pause) }
      }
      throw error
    }
  }

  /// The same rules, and then the platform's own rehearsal, if it has one.
  public func rehearse(_ command: ScaleCommand) async throws(CloudError) -> ScaleOutcome {
    switch admit(command, at: now()) {
    case .stopped(let outcome): return outcome
    case .passed(let clamped):
      guard let base = base as? any RehearsingCloud else {
        return .notSent("this platform rehearses nothing")
      }
      return try await base.rehearse(clamped)
    }
  }

  private enum Admission {
    case passed(ScaleCommand)
    case stopped(ScaleOutcome)
  }

  private func admit(_ command: ScaleCommand, at time: Timestamp) -> Admission {
    if let reason = reasonNotToSend(command, at: time) { return .stopped(.notSent(reason)) }
    guard base.capabilities.commands.contains(command.kind) else {
      return .stopped(.refused("this platform takes no \(command.kind.rawValue)"))
    }
    return state.withLock { state in
      if let end = state.pausedUntil, time < end {
        return .stopped(.notSent("the platform asked for a pause until \(end)"))
      }
      var watch = state.watches[command.service] ?? EffectWatch()
      defer { state.watches[command.service] = watch }
      var passed = command
      passed.replicas = watch.clamp(command)
      if let reason = watch.reasonToStop(command.kind) { return .stopped(.refused(reason)) }
      return watch.isAlready(passed) ? .stopped(.unchanged) : .passed(passed)
    }
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
  /// The last command's kind, and what it wanted and got where the bounds cut it.
  private var lastKind: ScaleCommand.Kind?
  private var cut: (asked: Int, granted: Int)?
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

  /// What the platform answered.
  mutating func note(
    _ outcome: ScaleOutcome, of command: ScaleCommand, asked: Int, at time: Timestamp
  ) {
    guard case .accepted(let granted) = outcome else { return }
    cut = granted == asked ? nil : (asked, granted)
    established = nil
    guard let before = value(command.kind), before != granted else { return }
    awaited = Accepted(kind: command.kind, replicas: granted, before: before, at: time)
  }

  mutating func clamp(_ command: ScaleCommand) -> Int {
    let below = min(command.replicas, reading.max ?? command.replicas)
    let granted = command.kind == .desired ? max(below, reading.min ?? below) : below
    lastKind = command.kind
    cut = granted == command.replicas ? nil : (command.replicas, granted)
    return granted
  }

  /// What an operator has to know; nil while there is nothing.
  var alarm: String? {
    if let kind = lastKind, let reason = reasonToStop(kind) { return reason }
    return cut.map {
      "\($0.asked) replicas are wanted and the platform's own bounds allow \($0.granted)"
    }
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
