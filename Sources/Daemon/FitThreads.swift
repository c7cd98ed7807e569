import Dispatch
import Foundation
import Synchronization

/// Threads for long computations, one fewer than there are cores, at low priority.
///
/// The concurrency pool has one thread per core, and a job keeps its thread until it waits for
/// something, which a fit does not: on one core a single fit would hold up the control ticks of every
/// service and every request until it is through. Here the operating system shares the cores out, and
/// gives them to the tick first.
final class FitThreads: TaskExecutor {
  /// All loops of a process share them; they last as long as the process.
  static let shared = FitThreads(count: max(1, ProcessInfo.processInfo.activeProcessorCount - 1))

  let count: Int
  private let jobs = Mutex<[UnownedJob]>([])
  private let available = DispatchSemaphore(value: 0)

  private init(count: Int) {
    self.count = count
    for number in 1...count {
      let thread = Thread {
        Self.giveWay()
        while true { self.runNext() }
      }
      thread.name = "fit \(number)"
      thread.start()
    }
  }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    jobs.withLock { $0.append(job) }
    available.signal()
  }

  private func runNext() {
    available.wait()
    let job = jobs.withLock { $0.removeFirst() }
    job.runSynchronously(on: asUnownedTaskExecutor())
  }

  /// On Linux a thread has a niceness of its own and no quality of service.
  private static func giveWay() {
    #if os(Linux)
      _ = setpriority(Int32(PRIO_PROCESS.rawValue), 0, 10)
    #else
      Thread.current.qualityOfService = .utility
    #endif
  }
}
