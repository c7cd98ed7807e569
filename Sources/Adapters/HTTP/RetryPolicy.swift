import CCurl
public import Domain
import Foundation

/// When a failed request is sent again: exponential back-off with full jitter, as AWS measured it to
/// spread a crowd of clients best (M. Brooker, *Exponential Backoff And Jitter*, 2015), never before
/// the server's `Retry-After`, never past the deadline.
public struct RetryPolicy: Sendable, Equatable {
  /// How often a request is sent at most; 1 never repeats.
  public var attempts: Int
  /// The first pause lies between zero and this, each further one in twice the range.
  public var base: Duration
  /// No range grows beyond this.
  public var cap: Duration
  /// Whether a request is repeated that may already have had its effect.
  public var repeatsUnknown: Bool

  public init(
    attempts: Int = 4, base: Duration = .milliseconds(100), cap: Duration = .seconds(5),
    repeatsUnknown: Bool = true
  ) {
    self.attempts = attempts
    self.base = base
    self.cap = cap
    self.repeatsUnknown = repeatsUnknown
  }

  public static let never = RetryPolicy(attempts: 1)
  /// For writes without an idempotency key: one of unknown fate is not repeated before the platform
  /// was read.
  public static let writes = RetryPolicy(repeatsUnknown: false)

  /// How long to wait before attempt number `attempt + 1`; nil to give up.
  ///
  /// - Parameters:
  ///   - attempt: Attempts made so far, at least 1.
  ///   - left: What is left until the deadline.
  ///   - retryAfter: What the server asks for; the pause is at least that.
  ///   - jitter: Uniform in 0 ..< 1.
  public func pause(
    after attempt: Int, left: Duration, retryAfter: Duration?, jitter: Double
  ) -> Duration? {
    guard attempt < attempts else { return nil }
    var range = base
    for _ in 1..<max(1, min(attempt, 40)) where range < cap { range += range }
    let pause = min(range, cap) * jitter + (retryAfter ?? .zero)
    return pause < left ? pause : nil
  }

  /// Whether an answer of this status is worth the same request again.
  public static func isTransient(status: Int) -> Bool {
    [408, 429, 500, 502, 503, 504].contains(status)
  }
}

extension RetryPolicy {
  /// Runs `attempt` until it succeeds, fails for good, or the deadline for all attempts together has
  /// come; it is told how much time is left. The last error is the result.
  func run<Answer: Sendable>(
    deadline: Duration,
    _ attempt: @Sendable (_ left: Duration) async throws(CloudError) -> Answer
  ) async throws(CloudError) -> Answer {
    let end = ContinuousClock.now + deadline
    var number = 1
    while true {
      let failure: CloudError
      do throws(CloudError) {
        return try await attempt(max(.zero, end - .now))
      } catch {
        failure = error
      }
      guard let wait = failure.wait(repeatsUnknown: repeatsUnknown),
        let pause = pause(
          after: number, left: end - .now, retryAfter: wait, jitter: .random(in: 0..<1))
      else { throw failure }
      do {
        try await Task.sleep(for: pause)
      } catch {
        throw failure
      }
      number += 1
    }
  }
}

extension CloudError {
  /// What the platform wants us to wait at least; nil if the same call would fail again or might be
  /// done twice.
  fileprivate func wait(repeatsUnknown: Bool) -> Duration? {
    switch self {
    case .unavailable(_, let retryAfter): retryAfter ?? .zero
    case .unknownResult: repeatsUnknown ? .zero : nil
    case .denied, .notFound, .conflict, .malformed: nil
    }
  }
}

extension HTTPResponse {
  /// `Retry-After` in seconds or as a date; nil without one or with one that is neither.
  public func retryAfter(now: Timestamp) -> Duration? {
    guard let text = header("Retry-After") else { return nil }
    if let seconds = Int64(text) { return .seconds(min(max(0, seconds), 86_400)) }
    let date = curl_getdate(text, nil)
    guard date >= 0 else { return nil }
    return .seconds(min(max(0, Int64(date) - now.seconds), 86_400))
  }
}

extension Timestamp {
  /// The wall clock, read at the edge of the world only.
  static var wallClock: Timestamp {
    Timestamp(seconds: Int64(Date().timeIntervalSince1970.rounded(.down)))
  }
}

extension HTTPClient {
  /// Sends a request that may be repeated without harm until it succeeds, fails for good, or the
  /// deadline for all attempts together has come. The last answer or error is the result.
  public func send(
    _ request: HTTPRequest, deadline: Duration, retry: RetryPolicy
  ) async throws(HTTPError) -> HTTPResponse {
    let end = ContinuousClock.now + deadline
    var attempt = 1
    while true {
      let result = await attemptOnce(request, left: end - .now)
      let retryAfter: Duration?
      switch result {
      case .success(let response):
        guard RetryPolicy.isTransient(status: response.status) else { return response }
        retryAfter = response.retryAfter(now: .wallClock)
      case .failure(let error):
        guard error.isTransient else { throw error }
        retryAfter = nil
      }
      let pause = retry.pause(
        after: attempt, left: end - .now, retryAfter: retryAfter, jitter: .random(in: 0..<1))
      guard let pause else { return try result.get() }
      do {
        try await Task.sleep(for: pause)
      } catch {
        throw .cancelled(sent: true)
      }
      attempt += 1
    }
  }

  private func attemptOnce(
    _ request: HTTPRequest, left: Duration
  ) async -> Result<HTTPResponse, HTTPError> {
    do throws(HTTPError) {
      return .success(try await send(request, deadline: left))
    } catch {
      return .failure(error)
    }
  }
}
