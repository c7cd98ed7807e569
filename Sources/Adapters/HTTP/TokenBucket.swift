import Domain

/// How many calls an account may make: `rate` per second on average, `burst` at once.
public struct TokenBucket: Sendable {
  private let rate: Double
  private let burst: Double
  private var tokens: Double
  private var filledAt: ContinuousClock.Instant

  /// - Parameter rate: Calls per second; more than zero.
  public init(rate: Double, burst: Double, now: ContinuousClock.Instant = .now) {
    self.rate = max(rate, 1e-3)
    self.burst = max(burst, 1)
    tokens = self.burst
    filledAt = now
  }

  /// Takes a token and returns nil, or returns how long to wait for the next one.
  public mutating func take(now: ContinuousClock.Instant) -> Duration? {
    let seconds = filledAt.duration(to: now).inSeconds
    if seconds > 0 {
      tokens = min(burst, tokens + seconds * rate)
      filledAt = now
    }
    guard tokens < 1 else {
      tokens -= 1
      return nil
    }
    return .seconds((1 - tokens) / rate)
  }

  /// How long one token takes to come.
  public var interval: Duration { .seconds(1 / rate) }
}
