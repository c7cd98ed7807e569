/// When an event is how high, in steps: it rises evenly before its begin and falls evenly after its
/// end.
public struct EventShape: Sendable, Equatable {
  /// The first step at full height.
  public let begin: Int
  /// Steps at full height, ≥ 0.
  public let duration: Int
  /// Steps of rising before, and of falling after; ≥ 0.
  public let rampBefore: Int
  public let rampAfter: Int

  /// Negative lengths count as 0.
  public init(begin: Int, duration: Int, rampBefore: Int = 0, rampAfter: Int = 0) {
    self.begin = begin
    self.duration = max(0, duration)
    self.rampBefore = max(0, rampBefore)
    self.rampAfter = max(0, rampAfter)
  }

  /// Part of the full height at a step, 0 … 1.
  public func share(at step: Int) -> Double {
    let (offset, overflow) = step.subtractingReportingOverflow(begin)
    guard !overflow else { return 0 }
    if offset < 0 {
      let (distance, tooFar) = offset.addingReportingOverflow(rampBefore)
      return tooFar || distance < 0 ? 0 : Double(distance + 1) / Double(rampBefore + 1)
    }
    if offset < duration { return 1 }
    let past = offset - duration
    return past >= rampAfter ? 0 : Double(rampAfter - past) / Double(rampAfter + 1)
  }
}
