/// Which of several processes may command: one at a time, the others observe, decide and wait.
public protocol Leadership: Sendable {
  /// The token under which this process may command now; nil while it must not. It grows with every
  /// change of leader.
  var fencingToken: Int64? { get async }

  /// Competes until the task is cancelled, then hands over at once.
  ///
  /// - Parameter changed: Is told the token whenever leadership comes, and nil when it goes.
  func run(changed: @Sendable (Int64?) async -> Void) async
}
