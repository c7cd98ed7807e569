/// Lets so many fits at a time read their history and run, on threads of their own.
///
/// The others wait in their order, without their histories in memory: a fleet's refit takes as much as
/// the few that run.
actor FitQueue {
  private let threads: FitThreads
  private var free: Int
  /// Oldest first.
  private var waiting: [CheckedContinuation<Void, Never>] = []
  private var next = 0

  init(threads: FitThreads) {
    self.threads = threads
    free = threads.count
  }

  /// Runs work off the pool of threads that ticks and requests share.
  func run<Result: Sendable>(
    _ work: @escaping @Sendable () async -> Result
  ) async -> Result {
    await enter()
    let result = await Task(executorPreference: threads) { await work() }.value
    leave()
    return result
  }

  private func enter() async {
    if free > 0 {
      free -= 1
    } else {
      await withCheckedContinuation { waiting.append($0) }
    }
  }

  /// The place goes to whoever waits longest.
  private func leave() {
    guard next < waiting.count else {
      free += 1
      return
    }
    let longest = waiting[next]
    next += 1
    if next == waiting.count {
      waiting = []
      next = 0
    }
    longest.resume()
  }
}
