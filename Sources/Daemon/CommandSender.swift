import Control
import Domain

/// Carries a command to its platform and names what became of it.
struct CommandSender: Sendable {
  let wiring: Wiring
  let clock: any DaemonClock
  let leadership: (any Leadership)?

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
    guard await mayCommand(under: command.fencingToken) else {
      return .notSent("another process may lead by now")
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
    guard await mayCommand(under: plan.fencingToken) else {
      return "another process may lead by now"
    }
    do {
      try await cloud.schedule(plan)
      return nil
    } catch {
      return error.sentence
    }
  }

  /// Asked as late as possible: between a decision and its command leadership may have gone. What
  /// changes after this is the platform's to notice, by the token.
  private func mayCommand(under token: Int64) async -> Bool {
    guard let leadership else { return true }
    return await leadership.fencingToken == token
  }
}
