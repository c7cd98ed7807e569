public import Domain

/// How long this service's replicas took from being started to serving, as seen.
///
/// A batch that was on its way at one tick and serves at the next has booted: its time is known to
/// within an interval and is taken as the later end, which is the safe one. Replicas of the warm
/// pool are not counted; they say nothing about a cold start. Bounded: the last `capacity` boots.
public struct BootTimes: Sendable, Equatable {
  struct Boot: Sendable, Equatable {
    var seconds: Double
    /// Of the day (UTC), when it was started: images and spare capacity have their hours.
    var hour: Int
  }

  static let capacity = 128
  /// Boots that must have been seen before anything is said.
  public static let fewest = 10
  /// Boots within three hours of the time of day that must have been seen before only they count.
  static let fewestOfHour = 20
  /// Longer ones are replicas that never came.
  static let longest = 86_400.0

  /// Oldest first.
  private(set) var boots: [Boot] = []
  /// What was on its way at the last tick on which that was known.
  private(set) var awaited: [PendingBatch] = []
  /// The serving replicas when that was last known.
  private(set) var ready: Int?

  public init() {}

  init(boots: [Boot], awaited: [PendingBatch], ready: Int?) {
    self.boots = boots
    self.awaited = awaited
    self.ready = ready
  }

  public var count: Int { boots.count }

  /// Takes in what is on its way and what serves now; nil is unknown and teaches nothing. A batch
  /// that vanished without as many more serving was cancelled.
  mutating func observe(_ pending: [PendingBatch]?, ready: Int?, at now: Timestamp) {
    guard let pending, let ready else { return }
    var arrived = max(0, ready - (self.ready ?? ready))
    self.ready = ready
    for batch in awaited where arrived > 0 && !batch.isWarm {
      let left = pending.first { $0.since == batch.since && !$0.isWarm }?.count ?? 0
      let gone = min(batch.count - left, arrived)
      guard gone > 0 else { continue }
      arrived -= gone
      append(since: batch.since, at: now)
    }
    if awaited != pending { awaited = pending }
  }

  private mutating func append(since start: Timestamp, at now: Timestamp) {
    let seconds = Double(now.seconds - start.seconds)
    guard seconds >= 0, seconds <= Self.longest else { return }
    if boots.count == Self.capacity { boots.removeFirst() }
    boots.append(Boot(seconds: seconds, hour: Self.hour(of: start)))
  }

  /// The time within which a share of the replicas served, of those started around this hour of the
  /// day where enough are known. Nil until `fewest` were seen. O(n log n) in at most 128.
  public func quantile(_ level: Double, at time: Timestamp) -> Duration? {
    guard boots.count >= Self.fewest else { return nil }
    let hour = Self.hour(of: time)
    let near = boots.filter { boot in
      let apart = abs(boot.hour - hour)
      return min(apart, 24 - apart) <= 3
    }
    let sorted = (near.count >= Self.fewestOfHour ? near : boots).map(\.seconds).sorted()
    let rank = Int((min(max(level, 0), 1) * Double(sorted.count)).rounded(.up))
    return .seconds(sorted[min(max(rank, 1), sorted.count) - 1])
  }

  private static func hour(of time: Timestamp) -> Int {
    let second = time.seconds % 86_400
    return Int((second < 0 ? second + 86_400 : second) / 3600)
  }
}
