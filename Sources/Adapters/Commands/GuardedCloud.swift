public import Domain
import Synchronization

/// Stands between the decisions and any platform and holds the rules that are the same for all:
///
/// - in mode `observe` nothing is ever sent, in mode `floor` no size is;
/// - a command the platform does not take, or that is no longer valid, is not sent;
/// - a command is clamped to the platform's own bounds, and not sent if it would change nothing;
/// - after a platform asked for a pause (`Retry-After`), nothing is sent before it is over;
/// - a platform that accepted twice and did not move, or whose floor somebody else keeps changing
///   back, is not commanded any more until it moves. A floor that changes because the plan that was
///   left with the platform says so is nobody's interference.
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
        readings[index].changedFloor = watch.changedFloor
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
      guard !watch.isAlready(passed) else {
        watch.established(passed, at: time)
        return .stopped(.unchanged)
      }
      return .passed(passed)
    }
  }

  /// In mode `observe` no plan is left either; an empty plan is no plan.
  public func schedule(_ plan: FloorPlan) async throws(CloudError) {
    guard modes[plan.service] ?? .observe != .observe, !plan.floors.isEmpty else { return }
    // Also where it is left in part only.
    state.withLock { $0.watches[plan.service, default: EffectWatch()].plan = plan.floors }
    try await base.schedule(plan)
  }

  public func cancelSchedule(of service: ServiceID) async throws(CloudError) {
    guard modes[service] ?? .observe != .observe else { return }
    try await base.cancelSchedule(of: service)
    state.withLock { $0.watches[service]?.plan = [] }
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
