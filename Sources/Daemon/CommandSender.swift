import Control
import Domain

/// Carries a command to its platform and names what became of it.
struct CommandSender: Sendable {
  let wiring: Wiring
  let clock: any DaemonClock

  /// This is the boundary at which mode `observe` ends: nothing is sent for such a service,
  /// whatever a decision says.
  func send(_ command: ScaleCommand, for service: ServiceWiring) async -> ScaleOutcome {
    guard service.policy.mode != .observe else {
      return .notSent("the service is only observed")
    }
    guard let name = service.cloud, let cloud = wiring.clouds[name] else {
      return .notSent("no cloud is configured")
    }
    guard cloud.capabilities.commands.contains(command.kind) else {
      return .refused("\(name) takes no \(command.kind.rawValue) commands")
    }
    let now = clock.now
    guard now <= command.validUntil else {
      return .notSent("it was valid until \(command.validUntil)")
    }
    do {
      return try await cloud.apply(command)
    } catch {
      switch error {
      case .unavailable(let reason, _), .conflict(let reason): return .notSent(reason)
      case .denied(let reason), .notFound(let reason), .malformed(let reason):
        return .refused(reason)
      case .unknownResult(let reason): return .unknown(reason)
      }
    }
  }

  /// Leaves a plan with a platform that can hold one. Nil if it did, or has nothing to hold; else
  /// the reason.
  func leave(_ plan: FloorPlan, for service: ServiceWiring) async -> String? {
    guard service.policy.mode != .observe, let name = service.cloud,
      let cloud = wiring.clouds[name], cloud.capabilities.holdsPlans
    else { return nil }
    do {
      try await cloud.schedule(plan)
      return nil
    } catch {
      return error.sentence
    }
  }
}
