import Control
import Domain
import Logging
import Storage

extension ControlLoop {
  /// Reads the history and fits when its turn comes, away from the ticks, and posts the result.
  func fit(_ request: FitRequest) async {
    guard let (event, seconds) = await fits.run({ await self.attempt(request) }) else { return }
    board.noteFit(of: request.service, event: event, seconds: seconds)
    if case .fitFailed(_, let reason) = event {
      logger.info("\(request.service): no new model: \(reason)")
    } else {
      logger.info("\(request.service): fitted in \(seconds.shortText) s")
    }
    await post(event, for: request.service)
  }

  /// What a fit gave, and how long it took; nil where the service has been configured anew since it was
  /// asked for, so that another one will be.
  private nonisolated func attempt(_ request: FitRequest) async -> (Event, seconds: Double)? {
    guard let service = await services[request.service],
      DemandFitting.step(for: service.policy) == request.step
    else { return nil }
    let started = ContinuousClock.now
    let event: Event
    do {
      let history = try await store.series(
        of: request.service, metric: .rate, from: request.from, to: request.time,
        step: request.step, statistic: .interpolatedMean)
      let result = DemandFitting.fit(
        history, policy: service.policy, deliveredAt: request.time, boot: request.boot,
        isFirst: request.isFirst)
      switch result {
      case .success(var fitted):
        fitted.deliveredAt = clock.now
        event = .fitted(fitted)
      case .failure(let failure):
        event = .fitFailed(at: clock.now, reason: failure.description)
      }
    } catch {
      event = .fitFailed(at: clock.now, reason: "the history could not be read: \(error)")
    }
    return (event, (ContinuousClock.now - started).inSeconds)
  }
}
