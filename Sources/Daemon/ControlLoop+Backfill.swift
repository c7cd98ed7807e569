import Control
import Domain
import Logging
import Storage

extension ControlLoop {
  /// Fills what the store does not have yet from a source that keeps a history, away from the ticks,
  /// and fits as soon as that gave a service its first history.
  func backfill(_ service: ServiceWiring, upTo now: Timestamp) async {
    let id = service.policy.id
    guard let name = service.demandSource, let source = wiring.sources[name] else { return }
    let wanted = now - service.policy.forecast.history
    let newest = store.newest(of: id, metric: .rate)
    let from = max(wanted, newest.map { $0.time + .seconds(1) } ?? wanted)
    do {
      guard let history = try await source.history(of: id, from: from, to: now), history.count > 0
      else { return }
      _ = try await store.importSeries(history, service: id, metric: .rate)
      logger.info(
        "\(id): \(history.knownCount) values of history from \(history.start) to \(history.end)")
      guard service.policy.forecast.isEnabled, autoscalers[id]?.forecast == nil else { return }
      let step = DemandFitting.step(for: service.policy)
      let timing = service.policy.timing
      // The step that the first tick will open: the model must not see it before the tick does.
      let time = (now - timing.lag - timing.interval / 2).floored(to: step)
      await fit(
        FitRequest(
          service: id, time: time, step: step, from: time - service.policy.forecast.history,
          boot: service.policy.fleet.boot, isFirst: true))
    } catch {
      logger.warning("\(id): no history from \(name): \(error)")
    }
  }
}
