import Synchronization

/// Counts what was pushed to this server, for `/metrics`.
final class PushLog: Sendable {
  struct Counts: Sendable, Equatable {
    var accepted = 0
    /// By reason; the reasons are a closed list.
    var rejected: [String: Int] = [:]
  }

  private let state = Mutex(Counts())

  var counts: Counts { state.withLock { $0 } }

  func record(accepted: Int, rejected: [String: Int]) {
    state.withLock { counts in
      counts.accepted += accepted
      counts.rejected.merge(rejected, uniquingKeysWith: +)
    }
  }
}
