import Control
import Domain
import Logging
import Storage

extension ControlLoop {
  /// Reads the history and fits, away from the ticks, and posts the result.
  func fit(_ request: FitRequest) async {
    guard let service = services[request.service] else { return }
    let started = ContinuousClock.now
    let event: Event
    do {
      let history = try await store.series(
        of: request.service, metric: .rate, from: request.from, to: request.time,
        step: request.step, statistic: .interpolatedMean)
      let result = await fits.run {
        DemandFitting.fit(
          history, policy: service.policy, deliveredAt: request.time, boot: request.boot,
          isFirst: request.isFirst)
      }
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
    let seconds = (ContinuousClock.now - started).inSeconds
    board.noteFit(of: request.service, event: event, seconds: seconds)
    if case .fitFailed(_, let reason) = event {
      logger.info("\(request.service): no model yet: \(reason)")
    } else {
      logger.info("\(request.service): fitted in \(seconds.shortText) s")
    }
    await post(event, for: request.service)
  }
}

/// Runs fits one after the other on a thread of their own, so that a fleet's refit never takes more
/// than one core from the control ticks.
actor FitQueue {
  func run<Result: Sendable>(_ work: @Sendable () -> Result) -> Result { work() }
}
