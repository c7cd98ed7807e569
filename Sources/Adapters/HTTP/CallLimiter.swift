/// Hands the tokens of one account and API to the calls that wait for them, in the order of
/// `WaitingCalls`.
public actor CallLimiter {
  private var bucket: TokenBucket
  private var waiting = WaitingCalls()

  public init(_ bucket: TokenBucket) { self.bucket = bucket }

  /// Waits for a token, at most for `deadline`. False if none came in time or the task was cancelled.
  public func acquire(_ purpose: CallPurpose, deadline: Duration) async -> Bool {
    let end = ContinuousClock.now + deadline
    let ticket = waiting.join(purpose)
    defer { waiting.leave(ticket) }
    while true {
      let now = ContinuousClock.now
      // Whoever is not first looks again once the next token is due.
      let pause = waiting.isFirst(ticket) ? bucket.take(now: now) : bucket.interval
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

/// What a call is for; earlier cases go first.
public enum CallPurpose: Int, Sendable, Comparable, CaseIterable {
  case growth, reading, shrinking

  public static func < (left: CallPurpose, right: CallPurpose) -> Bool {
    left.rawValue < right.rawValue
  }
}

/// Who waits for a token: by purpose, then by arrival.
struct WaitingCalls {
  struct Ticket: Equatable {
    var purpose: CallPurpose
    var number: Int
  }

  private var tickets: [Ticket] = []
  private var nextNumber = 0

  mutating func join(_ purpose: CallPurpose) -> Ticket {
    let ticket = Ticket(purpose: purpose, number: nextNumber)
    nextNumber += 1
    tickets.append(ticket)
    return ticket
  }

  mutating func leave(_ ticket: Ticket) { tickets.removeAll { $0 == ticket } }

  func isFirst(_ ticket: Ticket) -> Bool {
    !tickets.contains { ($0.purpose, $0.number) < (ticket.purpose, ticket.number) }
  }
}
