import Domain

/// What the platform refused of late, so that it is not asked for the same thing at every tick.
///
/// After a refusal the platform is asked again when a wait is over, which doubles from 30 s to ten
/// minutes with each refusal in a row. A size that is larger by a tenth is asked for at once: what
/// was refused may have been the shrinking, and a backlog that grows must not ask at every tick.
struct Refusals: Equatable, Sendable {
  /// Refusals since the platform last accepted something.
  var inARow = 0
  /// What was refused last, replicas.
  var replicas = 0
  /// Until when nothing near `replicas`, nor below, is asked for.
  var until: Timestamp?

  static let shortestWait: Int64 = 30
  static let longestWait: Int64 = 600

  mutating func refused(_ replicas: Int, at time: Timestamp) {
    inARow = min(inARow, 15) + 1
    self.replicas = replicas
    until = time.later(by: min(Self.longestWait, Self.shortestWait << Int64(inARow - 1)))
  }

  mutating func accepted() { self = Refusals() }

  func allow(_ replicas: Int, at now: Timestamp) -> Bool {
    guard let until, now < until else { return true }
    return Double(replicas) >= 1.1 * Double(self.replicas) && replicas > self.replicas
  }
}
