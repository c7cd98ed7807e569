import Control
import Domain
import Logging

extension ControlLoop {
  /// Judges the fleet as a whole before decisions are made: silence by what was just seen and, where
  /// nothing was, by the tick before, as are wishes to shrink. (A shrink waits for its stabilisation
  /// window, so the tick that first wants one does not make it.)
  ///
  /// - Returns: What every service has to be told, in front of the observations: it is on the disk with
  ///   them and a replay meets it at the same place.
  func judgeFleet(seeing arrived: [JournalledEvent]) -> [JournalledEvent] {
    var seen: [ServiceID: Observation] = [:]
    for entry in arrived {
      if case .observed(let observation) = entry.event { seen[entry.service] = observation }
    }
    guard let now = seen.values.map(\.time).max() else { return [] }
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
    return holdEvents(at: now, isHeld: isShrinkingHeld)
  }

  /// Goes on as the process before left it.
  func resumeBreaker() {
    breaker = FleetBreaker(isOpen: autoscalers.values.contains { $0.isHeldByBreaker })
    board.note(breaker)
  }
}
