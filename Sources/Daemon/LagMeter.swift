import Domain

/// How late a source's values are, from a few looks at them: a scrape may be just over or just due, so
/// one look tells little. The middle one of several is taken, and looked again an hour later.
struct LagMeter: Sendable {
  static let looks = 5
  static let pause: Duration = .seconds(3600)

  private var seen: [Duration] = []
  private var nextAt: Timestamp?

  /// Whether to look at this tick.
  func isDue(at now: Timestamp) -> Bool { nextAt.map { now >= $0 } ?? true }

  /// Takes in what a look gave; nil if the source could not tell.
  ///
  /// - Returns: The lag to work with from now on, if it differs from the one in force by more than a
  ///   fifth of it and by more than half a second: a model is made for one lag, so small changes are
  ///   not worth a new one.
  mutating func take(_ lag: Duration?, inForce: Duration, at now: Timestamp) -> Duration? {
    guard let lag, lag >= .zero, lag <= .seconds(86_400) else {
      nextAt = now + Self.pause
      return nil
    }
    seen.append(lag)
    guard seen.count >= Self.looks else { return nil }
    let middle = seen.sorted()[seen.count / 2]
    seen = []
    nextAt = now + Self.pause
    let apart = middle > inForce ? middle - inForce : inForce - middle
    return apart > .milliseconds(500) && apart > inForce / 5 ? middle : nil
  }
}
