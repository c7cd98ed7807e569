import Control
import Domain
import Synchronization

/// Fits that were made already, shared by runs that differ in other scaling settings: what a fit sees
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

/// The memories of policies that are compared: those whose fits are the same share one. A policy that
/// nobody shares with keeps none, so that its run's memory does not grow with the window.
struct FitMemories: Sendable {
  /// What a fit depends on besides the demand. (A first one proves itself against the reaction, so the
  /// headroom that the reaction plans with is part of it.)
  private struct Settings: Equatable {
    var forecast: ForecastPolicy
    var utilization: Double
  }

  private var memories: [(settings: Settings, memory: FitMemory)] = []

  init(for specifications: [PolicySpecification]) {
    let all = specifications.compactMap(Self.settings)
    for settings in all where !memories.contains(where: { $0.settings == settings }) {
      guard all.count(where: { $0 == settings }) > 1 else { continue }
      memories.append((settings, FitMemory()))
    }
  }

  func memory(for specification: PolicySpecification) -> FitMemory? {
    Self.settings(specification).flatMap { settings in
      memories.first { $0.settings == settings }?.memory
    }
  }

  /// Nil for a policy that makes no fits.
  private static func settings(_ specification: PolicySpecification) -> Settings? {
    guard specification.kind.isOurs, specification.kind != .reactive else { return nil }
    let forecast = specification.forecast ?? ForecastPolicy()
    guard forecast.isEnabled else { return nil }
    return Settings(
      forecast: forecast,
      utilization: (specification.scaling ?? ScalingPolicy()).utilization)
  }
}
