import Control
import Domain
import Foundation
import Logging
import Storage
import Synchronization
import Testing

@testable import Daemon

/// How many are at work.
private final class Census: Sendable {
  private let state = Mutex((now: 0, most: 0, all: 0))

  var counted: (now: Int, most: Int, all: Int) { state.withLock { $0 } }

  func begin() {
    state.withLock {
      $0.now += 1
      $0.most = max($0.most, $0.now)
    }
  }

  func end() {
    state.withLock {
      $0.now -= 1
      $0.all += 1
    }
  }
}

@Suite("Fits beside the ticks", .serialized)
struct FitQueueTests {
  @Test("ticks go on while as many fits as the pool has threads, and more, are not through")
  func ticksGoOn() async throws {
    let start = ScriptedDaemon.start
    let daemon = try ScriptedDaemon(
      store: try Store.inMemory(), from: start, to: start + .seconds(600),
      source: ScriptedSource(hasHistory: false), settles: false)
    let (board, web) = (daemon.board, daemon.service)
    let (begun, begin) = AsyncStream.makeStream(of: Void.self)
    let patience = Date().addingTimeInterval(60)
    let runs = Census()
    // One fit at a time of each loop, of many loops.
    let queues = (0..<(8 * ProcessInfo.processInfo.activeProcessorCount)).map { _ in
      FitQueue(threads: .shared)
    }
    let fits = Task {
      await withTaskGroup { group in
        for fits in queues {
          group.addTask {
            await fits.run {
              begin.finish()
              return Self.compute(until: patience) { runs.counted.all > 0 }
            }
          }
        }
        return await group.reduce(true) { $0 && $1 }
      }
    }
    for await _ in begun {}
    runs.begin()
    // Not to the end: its own fit waits behind these.
    do {
      try await daemon.loop.run()
    } catch is CancellationError {}
    while board.status.services[web]?.ticks ?? 0 == 0, Date() < patience {
      try await Task.sleep(for: .milliseconds(5))
    }
    runs.end()
    #expect(await fits.value, "no tick while the fits ran")
    #expect(board.status.services[web]?.ticks ?? 0 > 0)
    await daemon.loop.settle()
  }

  /// Computes, as a fit does, until something has happened or its time is up: for threads that sleep
  /// the pool makes others.
  private static func compute(until end: Date, or isDone: () -> Bool) -> Bool {
    while Date() < end {
      if isDone() { return true }
    }
    return isDone()
  }

  @Test("no more fits run at a time than there are threads, and all of them run")
  func bounded() async {
    let fits = FitQueue(threads: .shared)
    let running = Census()
    await withTaskGroup { group in
      for _ in 0..<50 {
        group.addTask {
          await fits.run {
            running.begin()
            // Whatever waits in between, as reading a history does, holds on to its place.
            await Task.yield()
            running.end()
          }
        }
      }
    }
    #expect(running.counted.all == 50)
    #expect(running.counted.most <= FitThreads.shared.count)
  }
}
