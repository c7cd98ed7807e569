import Control
import Domain
import Logging
import Storage

extension ControlLoop {
  /// Brings every configured service to where it was, and says in the journal that it goes on.
  ///
  /// A command whose outcome is not known is settled as unknown: the next observation tells what
  /// it did. Decisions that were made and not yet written when the process died are written now;
  /// their commands were never sent.
  func recover() async throws {
    order = wiring.services.map(\.policy.id).sorted()
    for service in wiring.services { services[service.policy.id] = service }
    let recovered = try recoverReadable()
    let now = clock.now
    await rememberGaps(of: order.compactMap { services[$0] }, at: now)
    for id in order {
      guard let service = services[id] else { continue }
      try await enter(service, recovery: recovered[id], at: now)
    }
    startBackfills()
    resumeBreaker()
  }

  /// What the journal tells. A service whose past another version wrote in a form that this one does
  /// not know starts anew, and holds until it has seen its fleet: an upgrade must not keep the others
  /// from running.
  func recoverReadable() throws -> [ServiceID: Recovery] {
    var unreadable: [ServiceID: String] = [:]
    let recovered = try Recovery.replay(store, unreadable: { unreadable[$0] = "\($1)" })
    for (id, reason) in unreadable.sorted(by: { $0.key < $1.key }) where recovered[id] == nil {
      logger.warning("\(id) starts anew, its past cannot be read: \(reason)")
    }
    return recovered
  }

  /// Ticks from now on.
  func enter(_ service: ServiceWiring, recovery: Recovery?, at now: Timestamp) async throws {
    let id = service.policy.id
    if let recovery {
      var service = service
      if service.measuresLag {
        // What was measured last time is nearer than what one begins with.
        service.policy.timing.lag = recovery.autoscaler.policy.timing.lag
        services[id] = service
      }
      try await resume(service, from: recovery, at: now)
    } else {
      var autoscaler = Autoscaler(policy: service.policy)
      let newest = try await store.decisions(of: id, limit: 1).first?.decision.id
      if let newest { autoscaler.number(after: newest) }
      autoscalers[id] = autoscaler
      logger.info("\(id) starts without a past in the journal")
      await post(.configured(service.policy, at: now), for: id)
      // From here a restart goes on; from the entry alone it would count its decisions from one.
      if newest != nil { await saveSnapshots(at: now, all: true) }
    }
    let interval = service.policy.timing.interval
    nextTick[id] = clock.now.floored(to: interval) + interval
    nextSnapshot[id] = now + Self.snapshotInterval
    if let autoscaler = autoscalers[id] { board.note(autoscaler, of: id) }
  }

  private func resume(
    _ service: ServiceWiring, from recovery: Recovery, at now: Timestamp
  ) async throws {
    let id = service.policy.id
    autoscalers[id] = recovery.autoscaler
    handled[id] = recovery.sequence
    try await store.recordDecisions(recovery.decisions, commands: [])
    logger.info("\(id) goes on after entry \(recovery.sequence) of the journal")
    if let pending = recovery.autoscaler.commandInFlight {
      let outcome = ScaleOutcome.unknown("the process ended before the platform answered")
      try await store.recordOutcome(of: pending.decision, service: id, outcome, at: now)
      await post(.scaled(pending.decision, outcome, at: now), for: id)
    }
    if recovery.autoscaler.policy != service.policy {
      await post(.configured(service.policy, at: now), for: id)
    }
  }
}
