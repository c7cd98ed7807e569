import Domain
import Foundation
import Synchronization

/// Requests in the order of their arrival, and the threads that take them.
final class HTTPQueue: Sendable {
  private let limit: Int
  private let state = Mutex(State())
  private let arrivals = DispatchSemaphore(value: 0)

  private struct State {
    var jobs: [HTTPJob] = []
    var threads = 0
    var idle = 0
    var isClosed = false
  }

  init(limit: Int) { self.limit = max(1, limit) }

  func add(_ job: HTTPJob) {
    let (startsThread, mustWait) = state.withLock { state in
      state.jobs.append(job)
      if state.jobs.count <= state.idle { return (false, false) }
      guard state.threads < limit else { return (false, true) }
      state.threads += 1
      return (true, false)
    }
    if startsThread { startThread() }
    // While every thread is busy nobody watches the deadline of a waiting job.
    if mustWait {
      let left = max(.zero, job.deadline - .now).inSeconds
      DispatchQueue.global().asyncAfter(deadline: .now() + left) { job.expire() }
    }
    arrivals.signal()
  }

  /// Lets the threads end once they have nothing left to do.
  func close() {
    let threads = state.withLock { state in
      state.isClosed = true
      return state.threads
    }
    for _ in 0..<threads { arrivals.signal() }
  }

  private func startThread() {
    let thread = Thread { [self] in
      guard let transfer = HTTPTransfer() else {
        while let job = next() { job.finish(.failure(.invalid("libcurl does not start"))) }
        return
      }
      while let job = next() { job.perform(on: transfer) }
    }
    thread.name = "scaler.http"
    thread.stackSize = 512 << 10
    thread.start()
  }

  private func next() -> HTTPJob? {
    while true {
      state.withLock { $0.idle += 1 }
      arrivals.wait()
      let (job, isClosed): (HTTPJob?, Bool) = state.withLock { state in
        state.idle -= 1
        return (state.jobs.isEmpty ? nil : state.jobs.removeFirst(), state.isClosed)
      }
      if let job { return job }
      if isClosed { return nil }
    }
  }
}
