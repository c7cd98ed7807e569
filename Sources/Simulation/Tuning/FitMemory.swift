import Control
import Domain
import Synchronization

/// Fits that were made already, shared by runs that differ in scaling settings only: what a fit sees
/// is the demand, which no policy changes, so equal requests have equal answers.
final class FitMemory: Sendable {
  private struct Question: Hashable {
    var time: Timestamp
    var delivery: Timestamp
  }

  private let answers = Mutex<[Question: Event]>([:])

  /// The answer to a fit on history up to `time`; `fit` makes it where there is none yet. Two runs
  /// that ask at once may both make it.
  func answer(upTo time: Timestamp, deliveredAt delivery: Timestamp, fit: () -> Event) -> Event {
    let question = Question(time: time, delivery: delivery)
    if let known = answers.withLock({ $0[question] }) { return known }
    let made = fit()
    answers.withLock { $0[question] = made }
    return made
  }
}
