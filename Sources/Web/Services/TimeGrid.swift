public import Domain

/// Steps of equal length over a range of time.
public struct TimeGrid: Sendable, Equatable {
  /// The start of the first step, a multiple of `step` since 1970.
  public let from: Timestamp
  /// The end of the last step.
  public let to: Timestamp
  /// Whole seconds, at least one.
  public let step: Duration

  public var count: Int { Int((to.seconds - from.seconds) / step.wholeSeconds) }

  /// Covers `from ..< to` with whole steps.
  ///
  /// - Precondition: `from < to`, and the step is at least a second.
  public init(covering from: Timestamp, to: Timestamp, step: Duration) {
    precondition(from < to, "a grid covers a range")
    let start = from.floored(to: step)
    let width = step.wholeSeconds
    let steps = (to.seconds - start.seconds + width - 1) / width
    self.from = start
    self.to = Timestamp(seconds: start.seconds + steps * width)
    self.step = step
  }

  /// The smallest usual step with which at most `count` of them cover the range.
  static func step(from: Timestamp, to: Timestamp, count: Int) -> Duration {
    let usual: [Int64] = [
      1, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400,
    ]
    let span = to.seconds - from.seconds
    let chosen = usual.first { span / $0 <= Int64(count) } ?? span / Int64(count) + 1
    return .seconds(chosen)
  }
}
