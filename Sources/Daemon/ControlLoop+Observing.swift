import Control
import Domain
import Logging

extension ControlLoop {
  /// Observes the services that are due, and decides for each as soon as it was observed: the next
  /// tick of others does not wait for a slow one.
  func tick(_ due: [ServiceID]) {
    let now = clock.now
    for id in due {
      guard let interval = services[id]?.policy.timing.interval else { continue }
      // Ticks keep to their grid; those that were slept through are not made up for.
      nextTick[id] = now.floored(to: interval) + interval
    }
    // One whose answers from the last tick are still being handled is not asked once more.
    let ready = due.filter { !observing.contains($0) }.compactMap { services[$0] }
    for service in ready {
      observing.insert(service.policy.id)
      board.noteTick(of: service.policy.id)
    }
    start { await $0.observe(ready, at: now) }
  }

  private func observe(_ due: [ServiceWiring], at now: Timestamp) async {
    let wired = Dictionary(due.map { ($0.policy.id, $0) }) { first, _ in first }
    await observer.observe(due, at: now) { observed in
      await self.take(observed, of: wired)
    }
    await saveSnapshots(at: now)
    // After the queries that decisions wait for.
    await measureLags(of: due)
  }

  private func take(_ observed: [Observer.Observed], of wired: [ServiceID: ServiceWiring]) async {
    for result in observed {
      board.note(result.observation, problems: result.problems, of: result.service)
    }
    await keepSamples(
      of: observed.compactMap { seen in
        wired[seen.service].map { ($0, seen.observation) }
      })
    await take(observed: observed.map { JournalledEvent($0.service, .observed($0.observation)) })
    for result in observed { observing.remove(result.service) }
  }
}
