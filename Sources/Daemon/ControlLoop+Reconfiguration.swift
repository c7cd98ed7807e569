import Control
import Domain
import Logging
import Storage

extension ControlLoop {
  /// Puts another configuration into force while the loop runs: services come, go and change, and
  /// what they are connected to is replaced. Services that stay keep what they learnt as far as their
  /// new policy allows.
  ///
  /// What is under way ends as it began; a command of a service that has gone is not followed up.
  public func reconfigure(_ new: Wiring) async throws {
    let known = Set(services.keys)
    let kept = Set(new.services.map(\.policy.id))
    let fresh = kept.subtracting(known)
    // A service that was here before goes on from its journal, whose decisions it must not repeat.
    let recovered = fresh.isEmpty ? [:] : try recoverReadable()
    let now = clock.now
    wiring = new
    services = [:]
    for service in new.services { services[service.policy.id] = service }
    order = services.keys.sorted()
    for id in known.subtracting(kept) { forget(id) }
    await rememberGaps(of: order.filter(fresh.contains).compactMap { services[$0] }, at: now)
    for id in order {
      guard var service = services[id] else { continue }
      if service.measuresLag, let inForce = autoscalers[id]?.policy.timing.lag {
        service.policy.timing.lag = inForce
        services[id] = service
      }
      if fresh.contains(id) {
        try await enter(service, recovery: recovered[id], at: now)
        await followLeadership(id, at: now)
        await followFreeze(id, at: now)
      } else if autoscalers[id]?.policy != service.policy {
        await post(.configured(service.policy, at: now), for: id)
      }
    }
    startBackfills()
    logger.notice("another configuration is in force, with \(order.count) services")
  }

  private func forget(_ id: ServiceID) {
    autoscalers[id] = nil
    handled[id] = nil
    nextTick[id] = nil
    nextSnapshot[id] = nil
    lagMeters[id] = nil
    gaps[id] = nil
    board.forget(id)
  }

  /// A service that enters while others run has the leadership that they have.
  private func followLeadership(_ id: ServiceID, at now: Timestamp) async {
    guard let leadership else { return }
    let token = await leadership.fencingToken
    await post(.leadershipChanged(fencingToken: token, at: now), for: id)
  }
}
