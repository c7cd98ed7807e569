import Control
import Domain

/// The queue that a burst leaves behind whatever the pool, if the policy has to see the burst first:
/// what arrives above capacity until what it ordered serves.
///
/// What is ordered for a burst serves after about `delay` = metrics' lag + half the interval that a
/// rate is averaged over + a tick + the start of a replica. Until then the rate rises in a straight
/// line from `rateBefore` to `peakRate` within `rise`, and `capacity` serves. For a sudden burst that
/// is (m - h)·λ·D. A tick that comes at the right moment saves up to half an interval.
public struct BurstArithmetic: Sendable, Equatable {
  /// Requests per second, before and at most.
  public var rateBefore: Double
  public var peakRate: Double
  /// Requests per second that the replicas serve that are there when it begins.
  public var capacity: Double
  /// Seconds.
  public var rise: Double
  public var delay: Double

  init(_ score: BurstScore, rise: Duration, world: SimulatedWorld) {
    rateBefore = score.rateBefore
    peakRate = score.peakRate
    capacity = Double(score.readyBefore) * world.fleet.ratePerReplica
    self.rise = rise.inSeconds
    let control = world.control
    let start = world.fleet.warmPool.size > 0 ? world.fleet.warmPool.boot : world.fleet.boot
    delay = (control.lag + control.interval / 2 + control.interval + start).inSeconds
  }

  /// Requests.
  public var queue: Double {
    let climb = peakRate - rateBefore
    // The area between the rate and the capacity from where the rate passes it.
    let crossing =
      climb > 0 ? min(max(0, (capacity - rateBefore) / climb), 1) * rise : 0
    guard delay > crossing, peakRate > capacity else { return 0 }
    let within = min(delay, rise)
    let slope = rise > 0 ? climb / rise : 0
    let start = rateBefore + slope * crossing - capacity
    let rising = max(0, within - crossing)
    let area = rise > 0 ? rising * (start + slope * rising / 2) : 0
    return max(0, area + max(0, delay - max(rise, crossing)) * (peakRate - capacity))
  }

  /// The sum as it would be written on paper.
  public var text: String {
    "from \(rateBefore.shortText)/s to \(peakRate.shortText)/s within \(rise.shortText)s, "
      + "\(capacity.shortText)/s served, \(delay.shortText)s until anything that is ordered serves"
  }
}
