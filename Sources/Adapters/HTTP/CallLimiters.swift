import Synchronization

/// One allowance of calls per account and API, however many clouds of a configuration share it, and
/// also after the configuration was read anew.
public final class CallLimiters: Sendable {
  private let limiters = Mutex<[String: CallLimiter]>([:])

  public init() {}

  /// The limiter of that name; made of `bucket` when it is asked for first.
  public func limiter(_ name: String, _ bucket: TokenBucket) -> CallLimiter {
    limiters.withLock { limiters in
      let limiter = limiters[name] ?? CallLimiter(bucket)
      limiters[name] = limiter
      return limiter
    }
  }
}
