/// Hands the tokens of one account and API to the calls that wait for them: growth first, then
/// readings, then shrinking, each in the order of arrival.
public actor CallLimiter {
  public enum Purpose: Int, Sendable, Comparable, CaseIterable {
    case growth, reading, shrinking

    public static func < (left: Purpose, right: Purpose) -> Bool { left.rawValue < right.rawValue }
  }

  private var bucket: TokenBucket
  private var waiting: [(purpose: Purpose, number: Int)] = []
  private var nextNumber = 0

  public init(_ bucket: TokenBucket) { self.bucket = bucket }

  /// Waits for a token, at most for `deadline`. False if none came in time or the task was cancelled.
  public func acquire(_ purpose: Purpose, deadline: Duration) async -> Bool {
    let end = ContinuousClock.now + deadline
    let number = nextNumber
    nextNumber += 1
    waiting.append((purpose, number))
    defer { waiting.removeAll { $0.number == number } }
    while true {
      let now = ContinuousClock.now
      let isNext = !waiting.contains { ($0.purpose, $0.number) < (purpose, number) }
      // Whoever is not next looks again once the next token is due.
      let pause = isNext ? bucket.take(now: now) : bucket.interval
      guard let pause else { return true }
      guard now + pause < end else { return false }
      do {
        try await Task.sleep(for: pause)
      } catch {
        return false
      }
    }
  }
}
