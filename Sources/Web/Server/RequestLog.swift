import Domain
import Synchronization

/// Counts and times the server's own answers, per route, method and status, for `/metrics`.
final class RequestLog: Sendable {
  struct Key: Hashable, Comparable {
    let template: String
    let method: String
    let status: Int

    static func < (left: Key, right: Key) -> Bool {
      (left.template, left.method, left.status) < (right.template, right.method, right.status)
    }
  }

  private static let methods = ["POST", "GET", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH"]
  private let durations = Mutex<[Key: Histogram]>([:])

  /// - Parameter template: of the route, not the path, so that the number of series is bounded; a
  ///   method that no route has counts as `other` for the same reason.
  func record(template: String, method: String, status: Int, duration: Duration) {
    let key = Key(
      template: template, method: Self.methods.contains(method) ? method : "other", status: status)
    durations.withLock {
      $0[key, default: Histogram(bounds: Histogram.durations)].record(duration.inSeconds)
    }
  }

  /// In a fixed order.
  var snapshot: [(key: Key, durations: Histogram)] {
    durations.withLock { $0.sorted { $0.key < $1.key }.map { ($0.key, $0.value) } }
  }
}
