package import Domain
import Synchronization

/// A clock that the test sets.
package final class ManualTime: Sendable {
  private let time: Mutex<Timestamp>

  package init(_ seconds: Int64) { time = Mutex(Timestamp(seconds: seconds)) }

  package var now: Timestamp { time.withLock { $0 } }

  package func set(_ seconds: Int64) { time.withLock { $0 = Timestamp(seconds: seconds) } }
}
