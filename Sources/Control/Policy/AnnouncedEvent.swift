public import Domain

/// A surge that is known beforehand: demand is multiplied by `uplift` from `from` to `to`, rising to it
/// within `rise` before and falling back within `fall` after.
///
/// A learned event has the multiplier that past events of the same name had; `uplift` is its
/// multiplier until one was seen, and 1 says nothing.
public struct AnnouncedEvent: Sendable, Equatable {
  public var name: String
  public var from: Timestamp
  public var to: Timestamp
  public var uplift: Double
  public var rise: Duration
  public var fall: Duration
  public var isLearned: Bool
  /// What is not known of a stated multiplier: the standard deviation of its logarithm.
  public var uncertainty: Double

  public init(
    name: String, from: Timestamp, to: Timestamp, uplift: Double, rise: Duration = .zero,
    fall: Duration = .zero, isLearned: Bool = false, uncertainty: Double = 0
  ) {
    self.name = name
    self.from = from
    self.to = to
    self.uplift = uplift
    self.rise = rise
    self.fall = fall
    self.isLearned = isLearned
    self.uncertainty = uncertainty
  }

  /// When it acts on demand, its ramps included.
  public var span: TimeSpan { TimeSpan(from: from - rise, to: to + fall) }

  /// The multiplier at an instant; 1 outside the event.
  public func factor(at time: Timestamp) -> Double { 1 + (uplift - 1) * share(at: time) }

  /// How much of the event there is at an instant, 0 … 1.
  public func share(at time: Timestamp) -> Double {
    let span = span
    guard span.contains(time) else { return 0 }
    let up = rise > .zero ? min(1, time.since(span.from).inSeconds / rise.inSeconds) : 1
    let down = fall > .zero ? min(1, span.to.since(time).inSeconds / fall.inSeconds) : 1
    return min(up, down)
  }
}
