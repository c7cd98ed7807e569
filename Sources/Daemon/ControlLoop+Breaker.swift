import Control
import Domain
import Logging

extension ControlLoop {
  /// Judges the fleet as a whole before a tick decides: silence by what was just seen, wishes to
  /// shrink by the tick before. (A shrink waits for its stabilisation window, so the tick that first
  /// wants one does not make it.)
  ///
  /// - Returns: What every service has to be told, in front of the tick's observations: it is on the
  ///   disk with them and a replay meets it at the same place.
  func judgeFleet(at now: Timestamp, seen: [ServiceID: Observation]) -> [JournalledEvent] {
    var round = FleetBreaker.Round(services: 0, shrinking: 0, silent: 0)
    for id in order {
      guard let autoscaler = autoscalers[id] else { continue }
      round.services += 1
      if autoscaler.wantsShrink { round.shrinking += 1 }
      let isSilent = seen[id].map { $0.rate == nil && autoscaler.hasHadRate }
      if isSilent ?? autoscaler.hasLostRate { round.silent += 1 }
    }
    if breaker.observe(round, at: now) {
      if breaker.isOpen {
        logger.warning("the fleet-wide breaker opens: \(round); nothing shrinks")
      } else {
        logger.notice("the fleet-wide breaker closes: \(round)")
      }
    }
    board.note(breaker)
    // A service that came later is told as well.
    let isHeld = breaker.isOpen
    return order.filter { autoscalers[$0].map { $0.isHeldByBreaker != isHeld } ?? false }
      .map { JournalledEvent($0, .shrinkingHeld(isHeld, at: now)) }
  }

  /// Goes on as the process before left it.
  func resumeBreaker() {
    breaker = FleetBreaker(isOpen: autoscalers.values.contains { $0.isHeldByBreaker })
    board.note(breaker)
  }
}
