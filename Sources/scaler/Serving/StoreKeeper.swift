import Daemon
import Domain
import Logging
import ServiceLifecycle
import Storage

/// Drops what the retention no longer keeps, every quarter of an hour of the service's time, in
/// small batches.
struct StoreKeeper: Service {
  let store: Store
  let retention: ServeConfiguration.Retention
  let clock: any DaemonClock
  let board: StatusBoard
  let logger: Logger

  func run() async throws {
    var policy = RetentionPolicy()
    policy.raw = retention.raw
    policy.oneMinute = retention.minutes
    policy.fiveMinutes = retention.fiveMinutes
    policy.fifteenMinutes = retention.quarterHours
    policy.journal = retention.journal
    let kept = policy
    try await cancelWhenGracefulShutdown {
      while true {
        try await clock.sleep(until: clock.now + .seconds(900))
        do {
          let gone = try await store.retain(kept, now: clock.now)
          logger.debug("retention dropped \(gone) entries")
        } catch {
          board.storeFailed("\(error)")
          logger.error("retention failed: \(error)")
        }
      }
    }
  }
}
