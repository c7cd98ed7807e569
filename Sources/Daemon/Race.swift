import Synchronization

/// The first of several results; later ones are dropped.
final class Race<Result: Sendable>: Sendable {
  private enum State {
    case running
    case awaited(CheckedContinuation<Result?, Never>)
    case finished(Result?)
  }

  private let state = Mutex(State.running)

  func finish(_ result: Result?) {
    let waiter: CheckedContinuation<Result?, Never>? = state.withLock { state in
      switch state {
      case .running:
        state = .finished(result)
        return nil
      case .awaited(let continuation):
        state = .finished(result)
        return continuation
      case .finished: return nil
      }
    }
    waiter?.resume(returning: result)
  }

  /// Waits for the first result. To be called once.
  func winner() async -> Result? {
    await withCheckedContinuation { continuation in
      let early: Result?? = state.withLock { state in
        switch state {
        case .running:
          state = .awaited(continuation)
          return nil
        case .finished(let result): return .some(result)
        case .awaited: return .some(nil)
        }
      }
      if let early { continuation.resume(returning: early) }
    }
  }
}
