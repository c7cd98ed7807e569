import Control
import Domain
import Logging
import Storage

/// Where the disk is full or somebody keeps the store locked, what has to be on the disk before a
/// command leaves goes to the store's reserve. As long as that lasts decisions go on and only growth is
/// sent; when the reserve is full nothing is.
extension ControlLoop {
  /// Puts events on the disk; in the reserve without what can wait, and behind the word that nothing
  /// shrinks.
  ///
  /// - Returns: The first entry's number; the others follow without a gap.
  func record(_ events: inout [JournalledEvent]) async throws(StoreError) -> Int64 {
    if !store.isOnReserve {
      do {
        let first = try await journal(events)
        board.storeRecovered()
        return first
      } catch {
        guard store.failure == nil, store.reserveShare != nil else { throw error }
        enterReserve(error)
        events = holdEvents(at: clock.now) + events
      }
    }
    // A model is larger than all else, and a fit is not urgent.
    postponed += events.filter { $0.event.modelHash != nil }
    events.removeAll { $0.event.modelHash != nil }
    return try await store.reserveEvents(events.map(\.entry))
  }

  /// Puts decisions and the intents of their commands on the disk.
  func record(_ decisions: [Decision], _ commands: [ScaleCommand]) async throws(StoreError) {
    if !store.isOnReserve {
      do {
        return try await store.recordDecisions(decisions, commands: commands)
      } catch {
        guard store.failure == nil, store.reserveShare != nil else { throw error }
        enterReserve(error)
      }
    }
    try await store.reserveDecisions(decisions, commands: commands)
  }

  /// Puts what became of a command on the disk.
  func record(_ outcome: ScaleOutcome, of command: ScaleCommand, at now: Timestamp)
    async throws(StoreError)
  {
    if !store.isOnReserve {
      do {
        try await store.recordOutcome(
          of: command.decision, service: command.service, outcome, at: now)
        return
      } catch {
        guard store.failure == nil, store.reserveShare != nil else { throw error }
        enterReserve(error)
      }
    }
    try await store.reserveOutcome(
      of: command.decision, service: command.service, outcome, at: now)
  }

  private func enterReserve(_ error: StoreError) {
    board.storeFailed(
      "\(error); decisions go on, only growth is sent, and the journal goes to the reserve")
    logger.error("the store takes no journal, from now on nothing shrinks: \(error)")
  }

  /// Whether a command may be sent: while only the reserve takes the journal, one that grows or keeps.
  func mayLeave(_ command: ScaleCommand, of decisions: [Decision]) -> Bool {
    guard store.isOnReserve else { return true }
    let decision = decisions.first { $0.id == command.decision && $0.service == command.service }
    return decision?.current.map { command.replicas >= $0 } ?? false
  }

  /// Whether nothing shrinks, for whatever reason concerns the whole fleet.
  var isShrinkingHeld: Bool { breaker.isOpen || store.isOnReserve }

  /// Tells every service that does not know whether it may shrink.
  func holdEvents(at now: Timestamp, isHeld: Bool = true) -> [JournalledEvent] {
    order.filter { autoscalers[$0].map { $0.isHeldByBreaker != isHeld } ?? false }
      .map { JournalledEvent($0, .shrinkingHeld(isHeld, at: now)) }
  }

  /// Tries to move the reserve into the store's tables, away from the ticks: a lock may take long.
  func startRestoring() {
    guard store.isOnReserve, !isRestoring else { return }
    isRestoring = true
    start { await $0.restoreReserve() }
  }

  private func restoreReserve() async {
    defer { isRestoring = false }
    do {
      try await store.restoreReserve()
    } catch {
      let share = (store.reserveShare ?? 0) * 100
      board.storeFailed(
        "\(error); decisions go on, only growth is sent; \(share.shortText) % of the reserve is used"
      )
      return
    }
    board.storeRecovered()
    logger.notice("the store takes the journal again")
    let waiting = postponed
    postponed = []
    await post(holdEvents(at: clock.now, isHeld: isShrinkingHeld) + waiting)
  }
}
