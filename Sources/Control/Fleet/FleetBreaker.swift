public import Domain

/// The circuit breaker of a whole fleet of services: when too many of them would shrink deeply at
/// once, or too many have lost their metrics, the likeliest cause is a common one (a monitoring
/// system that has lost half its data, a gateway that is down), and nothing shrinks anywhere until
/// that has passed.
///
/// A pure value that a driver feeds once per round of decisions; what it says goes to every service
/// as `Event.shrinkingHeld`, so that a replay of the journal need not know of it.
public struct FleetBreaker: Sendable, Equatable {
  /// When it opens and closes.
  public struct Limits: Sendable, Equatable {
    /// Shares of all services that are still taken for their own.
    public var shrinking: Double
    public var silent: Double
    /// Fewer services than this never open it.
    public var fewest: Int
    /// How long it stays open after the last alarm.
    public var calm: Duration
    /// A shrink that is wanted for longer than this is one of demand: the sale is over. Lost
    /// metrics hold without end.
    public var longestHold: Duration

    public init(
      shrinking: Double = 0.2, silent: Double = 0.3, fewest: Int = 3,
      calm: Duration = .seconds(300), longestHold: Duration = .seconds(1800)
    ) {
      self.shrinking = shrinking
      self.silent = silent
      self.fewest = fewest
      self.calm = calm
      self.longestHold = longestHold
    }
  }

  /// What one round of decisions showed.
  public struct Round: Sendable, Equatable {
    /// All services that were decided on.
    public var services: Int
    /// Those that would shrink deeply (`Autoscaler.wantsShrink`).
    public var shrinking: Int
    /// Those that had a rate and have none now.
    public var silent: Int

    public init(services: Int, shrinking: Int, silent: Int) {
      self.services = services
      self.shrinking = shrinking
      self.silent = silent
    }
  }

  public let limits: Limits
  /// Whether nothing may shrink.
  public private(set) var isOpen: Bool
  /// The newest round that opened it or kept it open; nil where that was before a restart.
  public private(set) var cause: Round?
  private var calmSince: Timestamp?
  /// Since when, and when last, too many wanted to shrink.
  private var shrinkingSince: Timestamp?
  private var lastShrinking: Timestamp?

  /// - Parameter isOpen: How an earlier process left it.
  public init(limits: Limits = Limits(), isOpen: Bool = false) {
    self.limits = limits
    self.isOpen = isOpen
  }

  /// Whether going from one size to another is deep: by a quarter and by more than one replica.
  static func isDeep(from size: Int, to target: Int) -> Bool {
    size.saturatingAdd(-target) >= 2 && Double(target) <= 0.75 * Double(size)
  }

  /// Takes in one round. Returns whether that changed `isOpen`.
  @discardableResult
  public mutating func observe(_ round: Round, at now: Timestamp) -> Bool {
    let wasOpen = isOpen
    let isShrinking = exceeds(round.shrinking, limits.shrinking, of: round)
    noteShrinking(isShrinking, at: now)
    let isSpent = shrinkingSince.map { now.since($0) >= limits.longestHold } ?? false
    if exceeds(round.silent, limits.silent, of: round) || isShrinking && !isSpent {
      isOpen = true
      cause = round
      calmSince = nil
    } else if isOpen {
      let since = calmSince ?? now
      calmSince = since
      if isSpent || now.since(since) >= limits.calm { isOpen = false }
    }
    if !isOpen { (cause, calmSince) = (nil, nil) }
    return isOpen != wasOpen
  }

  /// A wish to shrink that comes back within the calm time is the same one.
  private mutating func noteShrinking(_ isShrinking: Bool, at now: Timestamp) {
    if let last = lastShrinking, now.since(last) >= limits.calm { shrinkingSince = nil }
    guard isShrinking else { return }
    shrinkingSince = shrinkingSince ?? now
    lastShrinking = now
  }

  private func exceeds(_ count: Int, _ share: Double, of round: Round) -> Bool {
    count >= limits.fewest && Double(count) > share * Double(round.services)
  }
}

extension FleetBreaker.Round: CustomStringConvertible {
  public var description: String {
    "of \(services) services \(silent) lost their metrics and \(shrinking) would shrink deeply"
  }
}
