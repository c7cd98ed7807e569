import Domain

/// Notices that replicas are started and none becomes ready: the platform has no capacity that
/// works, or the version that is started does not. Starting more helps nobody then.
struct StartWatch: Sendable, Equatable {
  /// A start that takes this many boot times has failed.
  static let patience = 3.0
  /// Growths that are still made after that was noticed.
  static let growthsAllowed = 2

  var ready: Int?
  /// When a replica last became ready.
  var lastRise: Timestamp?
  /// Growths asked for since nothing becomes ready.
  var growths = 0
  var isStuck = false

  /// Whether the fleet must not grow.
  var holdsGrowth: Bool { isStuck && growths >= Self.growthsAllowed }

  /// - Parameter boot: Seconds from being started to serving.
  mutating func observe(_ observation: Observation, boot: Double) {
    if let ready = observation.ready {
      if ready > self.ready ?? ready { lastRise = observation.time }
      self.ready = ready
    }
    guard let pending = observation.pending else { return }
    let overdue = observation.time.earlier(by: Int64(Self.patience * max(boot, 30)))
    isStuck = pending.contains { batch in
      batch.since < overdue && (lastRise.map { $0 < batch.since } ?? true)
    }
    if !isStuck { growths = 0 }
  }

  mutating func commanded(_ replicas: Int, from size: Int) {
    if isStuck, replicas > size { growths += 1 }
  }
}
