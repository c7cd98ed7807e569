public import Domain

/// The grid of equal steps on which a simulation runs. Step `k` covers
/// `[start + k·step, start + (k+1)·step)`; negative steps are history.
public struct StepGrid: Sendable, Equatable {
  /// The beginning of step 0, the first evaluated one.
  public let start: Timestamp
  /// The length of a step, in whole seconds.
  public let step: Duration
  /// Evaluated steps.
  public let count: Int

  /// Seconds per step.
  public let dt: Double
  private let seconds: Int64

  public init(start: Timestamp, step: Duration, count: Int) {
    precondition(step >= .seconds(1), "a step lasts at least one second")
    self.start = start
    self.step = step
    self.count = count
    dt = step.inSeconds
    seconds = step.wholeSeconds
  }

  /// Whole steps in `duration`; a rest that fills no step is dropped.
  public func steps(_ duration: Duration) -> Int {
    Int((duration.inSeconds / dt + 1e-9).rounded(.down))
  }

  /// As `steps`, but at least one: for periods, which cannot be shorter than the grid.
  public func period(_ duration: Duration) -> Int {
    max(1, steps(duration))
  }

  /// When step `index` begins.
  public func time(at index: Int) -> Timestamp {
    Timestamp(seconds: start.seconds + Int64(index) * seconds)
  }
}
