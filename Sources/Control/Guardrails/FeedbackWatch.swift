import Domain

/// Notices a rate that follows the number of replicas, as one that counts health checks does: each
/// time the fleet became larger by some share, the rate rose by the same share right after. More
/// replicas make more of it, so growth stops.
///
/// A fleet that is saturated looks alike where a rate counts what was served. So nothing is suspected
/// unless the queue is known, and empty.
struct FeedbackWatch: Sendable, Equatable {
  /// A rise of the fleet that the rate may answer to.
  struct Rise: Sendable, Equatable {
    var ratio: Double
    var rate: Double
    var until: Timestamp
  }

  /// Rises in a row that were answered, before it is believed.
  static let fewestEchoes = 3
  static let smallestRise = 1.1
  /// Without another rise it is forgotten after so many seconds.
  static let memory: Int64 = 3600

  var ready: Int?
  var rate: Double?
  var rise: Rise?
  var echoes = 0
  var lastEcho: Timestamp?

  func isSuspect(queue: Double?, at now: Timestamp) -> Bool {
    guard echoes >= Self.fewestEchoes, let lastEcho else { return false }
    return now.seconds - lastEcho.seconds < Self.memory && queue == 0
  }

  /// Takes in a tick, after it was decided.
  ///
  /// - Parameter delay: Seconds until a metric shows what happened: the lag and two intervals.
  mutating func observe(_ observation: Observation, delay: Int64) {
    guard let ready = observation.ready, let rate = observation.rate else { return }
    let now = observation.time
    if let before = self.ready, ready < before {
      // What was taken back is not answered to.
      rise?.ratio *= Double(ready) / Double(before)
    }
    if let rise {
      let growth = rise.rate > 0 ? rate / rise.rate - 1 : .infinity
      let share = rise.ratio - 1
      if growth > 0.8 * share, growth < 1.25 * share {
        echoes += 1
        lastEcho = now
        self.rise = nil
      } else if now >= rise.until || growth >= 1.25 * share {
        echoes = 0
        self.rise = nil
      }
    }
    if let before = self.ready, let lastRate = self.rate, before > 0, self.rise == nil {
      let ratio = Double(ready) / Double(before)
      if ratio >= Self.smallestRise {
        self.rise = Rise(ratio: ratio, rate: lastRate, until: now.later(by: delay))
      }
    }
    self.ready = ready
    self.rate = rate
  }
}
