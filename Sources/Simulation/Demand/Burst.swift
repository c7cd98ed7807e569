import Domain

/// A surge on top of the trace: the demand's factor rises in a straight line from 1, holds, and
/// falls back.
public struct Burst: Sendable, Equatable {
  /// Counted from the start of the evaluated window.
  public var start: Duration
  public var rise: Duration
  public var hold: Duration
  public var fall: Duration
  public var multiplier: Double
  /// Whether policies that read a calendar know of it beforehand.
  public var isAnnounced: Bool

  public init(
    start: Duration, rise: Duration, hold: Duration, fall: Duration, multiplier: Double,
    isAnnounced: Bool = false
  ) {
    self.start = start
    self.rise = rise
    self.hold = hold
    self.fall = fall
    self.multiplier = multiplier
    self.isAnnounced = isAnnounced
  }

  /// From the start of the rise to the end of the fall.
  public var length: Duration { rise + hold + fall }
}

/// The joint factor of all bursts, read forward in time.
struct BurstFactor: Sendable {
  private struct Trapezoid: Sendable {
    let start, top, fall, end, multiplier: Double
  }

  private let trapezoids: [Trapezoid]
  /// All before this one have ended.
  private var first = 0

  init(_ bursts: [Burst]) {
    trapezoids =
      bursts.map { burst in
        let start = burst.start.inSeconds
        let top = start + burst.rise.inSeconds
        let fall = top + burst.hold.inSeconds
        return Trapezoid(
          start: start, top: top, fall: fall, end: fall + burst.fall.inSeconds,
          multiplier: burst.multiplier)
      }.sorted { $0.start < $1.start }
  }

  /// The factor at `seconds` after the start of the evaluated window; never goes back in time.
  mutating func next(at seconds: Double) -> Double {
    while first < trapezoids.count && trapezoids[first].end <= seconds { first += 1 }
    var factor = 1.0
    for index in first..<trapezoids.count {
      let burst = trapezoids[index]
      guard burst.start < seconds else { break }
      guard seconds < burst.end else { continue }
      if seconds < burst.top {
        factor *= 1 + (burst.multiplier - 1) * (seconds - burst.start) / (burst.top - burst.start)
      } else if seconds < burst.fall {
        factor *= burst.multiplier
      } else {
        let share = (seconds - burst.fall) / (burst.end - burst.fall)
        factor *= burst.multiplier + (1 - burst.multiplier) * share
      }
    }
    return factor
  }
}
