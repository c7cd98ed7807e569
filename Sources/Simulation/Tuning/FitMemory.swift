import Control
import Domain
import Synchronization

/// Fits that were made already, shared by runs that differ in scaling settings only: what a fit sees
/// is the demand, which no policy changes, so equal requests have equal answers.
final class FitMemory: Sendable {
  private struct Question: Hashable {
    var time: Timestamp
    var delivery: Timestamp
    var boot: Duration
    var isFirst: Bool
  }

  private let answers = Mutex<[Question: Event]>([:])

  /// The answer to a fit on history up to `time`; `fit` makes it where there is none yet. Two runs
  /// that ask at once may both make it.
  ///
  /// - Parameters:
  ///   - boot: The boot time that the fit looks ahead by.
  ///   - isFirst: Whether the asker had no model before.
  func answer(
    upTo time: Timestamp, deliveredAt delivery: Timestamp, boot: Duration = .zero,
    isFirst: Bool = false, fit: () -> Event
  ) -> Event {
    let question = Question(time: time, delivery: delivery, boot: boot, isFirst: isFirst)
    if let known = answers.withLock({ $0[question] }) { return known }
    let made = fit()
    answers.withLock { $0[question] = made }
    return made
  }
}

/// The memories of policies that are compared: those with the same forecast settings share one. A
/// policy that nobody shares with keeps none, so that its run's memory does not grow with the window.
struct FitMemories: Sendable {
  private var memories: [(forecast: ForecastPolicy, memory: FitMemory)] = []

  init(for specifications: [PolicySpecification]) {
    let settings = specifications.compactMap(Self.settings)
    for forecast in settings where !memories.contains(where: { $0.forecast == forecast }) {
      guard settings.count(where: { $0 == forecast }) > 1 else { continue }
      memories.append((forecast, FitMemory()))
    }
  }

  func memory(for specification: PolicySpecification) -> FitMemory? {
    Self.settings(specification).flatMap { forecast in
      memories.first { $0.forecast == forecast }?.memory
    }
  }

  /// Nil for a policy that makes no fits.
  private static func settings(_ specification: PolicySpecification) -> ForecastPolicy? {
    guard specification.kind.isOurs, specification.kind != .reactive else { return nil }
    let forecast = specification.forecast ?? ForecastPolicy()
    return forecast.isEnabled ? forecast : nil
  }
}
