public import Domain

/// The time that a control loop lives in.
public protocol DaemonClock: Sendable {
  var now: Timestamp { get }

  /// Returns at `time` or later; throws if the task is cancelled meanwhile.
  func sleep(until time: Timestamp) async throws
}

/// The wall's time, or a time that began at some instant and runs faster or slower than the wall's:
/// a rehearsal plays a day in minutes.
///
/// Elapsed time is monotonic: a wall clock that is set moves nothing here until the next start.
public struct RunningClock: DaemonClock {
  private let origin: Timestamp
  private let started = ContinuousClock.now
  private let speed: Double

  /// - Parameters:
  ///   - origin: What this clock shows at its creation.
  ///   - speed: Seconds of this clock per second of the wall's; more than 0.
  public init(origin: Timestamp, speed: Double = 1) {
    precondition(speed > 0, "time moves forward")
    self.origin = origin
    self.speed = speed
  }

  public var now: Timestamp {
    let elapsed = (ContinuousClock.now - started).inSeconds * speed
    return origin + .milliseconds(Int64((elapsed * 1000).rounded(.down)))
  }

  public func sleep(until time: Timestamp) async throws {
    let wall = time.since(origin).inSeconds / speed
    try await ContinuousClock().sleep(until: started + .nanoseconds(Int64(wall * 1e9)))
  }
}
