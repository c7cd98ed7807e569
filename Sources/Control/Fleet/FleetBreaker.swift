/// The circuit breaker of a whole fleet of services: when too many of them would shrink at once, or
/// too many have lost their metrics, the likeliest cause is a common one, and nothing shrinks
/// anywhere until that has passed.
///
/// A pure value that a driver feeds once per round of decisions; what it says goes to every service
/// as `Event.shrinkingHeld`.
public struct FleetBreaker: Sendable, Equatable {
  /// When it opens and closes.
  public struct Limits: Sendable, Equatable {
    /// Shares of all services.
    public var shrinking: Double
    public var silent: Double
    /// Fewer services than this are never judged together.
    public var fewest: Int
    /// Calm rounds in a row after which it closes.
    public var calmRounds: Int

    public init(
      shrinking: Double = 0.5, silent: Double = 0.3, fewest: Int = 5, calmRounds: Int = 20
    ) {
      self.shrinking = shrinking
      self.silent = silent
      self.fewest = fewest
      self.calmRounds = calmRounds
    }
  }

  public let limits: Limits
  /// Whether nothing may shrink.
  public private(set) var isOpen = false
  private var calm = 0

  public init(limits: Limits = Limits()) { self.limits = limits }

  /// Takes in one round.
  ///
  /// - Parameters:
  ///   - services: All that were decided on.
  ///   - shrinking: Those whose demand has fallen by so much that they would shrink by a tenth of
  ///     their fleet or more (`Autoscaler.wantsShrink`).
  ///   - silent: Those without a known rate.
  /// - Returns: Whether that changed `isOpen`.
  @discardableResult
  public mutating func observe(services: Int, shrinking: Int, silent: Int) -> Bool {
    let wasOpen = isOpen
    let isAlarming =
      services >= limits.fewest
      && (Double(shrinking) > limits.shrinking * Double(services)
        || Double(silent) > limits.silent * Double(services))
    if isAlarming {
      isOpen = true
      calm = 0
    } else if isOpen {
      calm += 1
      if calm >= limits.calmRounds { isOpen = false }
    }
    return isOpen != wasOpen
  }
}
