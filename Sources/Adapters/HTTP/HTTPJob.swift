import Synchronization

/// A request that waits for or occupies a thread.
final class HTTPJob: Sendable {
  typealias Outcome = Result<HTTPResponse, HTTPError>

  private let request: HTTPRequest
  private let options: HTTPOptions
  let deadline: ContinuousClock.Instant
  private let state = Mutex(State())

  private struct State {
    var continuation: CheckedContinuation<Outcome, Never>?
    var outcome: Outcome?
    var hasStarted = false
  }

  init(_ request: HTTPRequest, options: HTTPOptions, deadline: ContinuousClock.Instant) {
    self.request = request
    self.options = options
    self.deadline = deadline
  }

  func wait(_ continuation: CheckedContinuation<Outcome, Never>) {
    let early: Outcome? = state.withLock { state in
      if state.outcome == nil { state.continuation = continuation }
      return state.outcome
    }
    if let early { continuation.resume(returning: early) }
  }

  /// The first outcome counts.
  func finish(_ outcome: Outcome) { finish { _ in outcome } }

  func cancel() { finish { .failure(.cancelled(sent: $0)) } }

  /// Gives up a job that no thread has taken.
  func expire() { finish { hasStarted in hasStarted ? nil : .failure(.timedOut(sent: false)) } }

  private func finish(_ outcome: (_ hasStarted: Bool) -> Outcome?) {
    let waiting: (CheckedContinuation<Outcome, Never>, Outcome)? = state.withLock { state in
      guard state.outcome == nil, let outcome = outcome(state.hasStarted) else { return nil }
      state.outcome = outcome
      defer { state.continuation = nil }
      return state.continuation.map { ($0, outcome) }
    }
    if let (continuation, outcome) = waiting { continuation.resume(returning: outcome) }
  }

  private var isFinished: Bool { state.withLock { $0.outcome != nil } }

  /// Whether the job is still wanted; from now on it may have had its effect.
  private func start() -> Bool {
    state.withLock { state in
      guard state.outcome == nil else { return false }
      state.hasStarted = true
      return true
    }
  }

  func perform(on transfer: HTTPTransfer) {
    let left = deadline - .now
    guard left > .zero else {
      expire()
      return
    }
    guard start() else { return }
    do throws(HTTPError) {
      let response = try transfer.perform(request, options: options, timeout: left) {
        self.isFinished
      }
      finish(.success(response))
    } catch {
      finish(.failure(error))
    }
  }
}
