public import Domain
import RealModule
import Simulation

extension DemandOutlook {
  /// Possible futures, hour by hour.
  ///
  /// - Parameters:
  ///   - start: Where the first hour begins, usually after the last known one.
  ///   - hours: At least 0.
  ///   - count: Paths.
  ///   - seed: The same seed gives the same futures.
  /// - Returns: One row per hour with one value per path, requests per second, ≥ 0.
  public func paths(from start: Timestamp, hours: Int, count: Int, seed: UInt64) -> [Float] {
    paths(from: start, hours: hours, count: count, seed: seed, shared: nil)
  }

  /// - Parameter shared: What the service has in common with others; nil if it goes its own way.
  func paths(
    from start: Timestamp, hours: Int, count: Int, seed: UInt64, shared: SharedScores?
  ) -> [Float] {
    let places = places(from: start, hours: hours)
    guard let first = places.first?.day, let last = places.last?.day, count > 0 else { return [] }
    var futures = DayFutures(self, count: count, seed: seed, shared: shared)
    // The level wanders between the history's end and the first day asked for, too.
    for day in min(lastDay + 1, first)..<first { futures.advance(to: day) }
    var values = [Float](repeating: 0, count: hours * count)
    values.withUnsafeMutableBufferPointer { values in
      var place = 0
      for day in first...last {
        futures.advance(to: day)
        let shares = profile.shares[CivilDay.weekday(of: day)]
        while place < hours, places[place].day == day {
          let hour = places[place].hour
          futures.fill(
            values, from: place * count, share: Float(shares[hour]), ratios: days.ratios[hour])
          place += 1
        }
      }
    }
    return values
  }

  /// The local day and the hour of it that each coming hour lies in.
  private func places(from start: Timestamp, hours: Int) -> [(day: Int64, hour: Int)] {
    (0..<max(0, hours)).map { hour in
      let local = zone.localSeconds(at: start + .seconds(3600 * hour + 1800))
      let day = CivilDay.divide(local, 86_400)
      return (day, Int(CivilDay.modulo(local, 86_400) / 3600))
    }
  }
}

/// The mean rate and the past day that stands for it, of one day in all futures at once.
private struct DayFutures {
  /// Beyond any service, and within what sums of single precision hold.
  private static let largest = 1e30

  private let outlook: DemandOutlook
  private let count: Int
  private let shared: SharedScores?
  private var random: SplitMix64
  /// Per path: distance of the level from what is expected, and the day's own score.
  private var wandered: [Double]
  private var scores: [Double]
  private var isFirst = true
  /// Mean rate of the day, requests per second, and index of the past day.
  private(set) var means: [Float]
  private(set) var blocks: [Int32]

  init(_ outlook: DemandOutlook, count: Int, seed: UInt64, shared: SharedScores?) {
    self.outlook = outlook
    self.count = count
    self.shared = shared
    random = SplitMix64(seed: seed)
    let standing = outlook.level.uncertainty.standing.squareRoot()
    var wandered: [Double] = []
    var scores: [Double] = []
    for path in 0..<count {
      let own = random.normal()
      wandered.append(standing * (shared?.mixed(own, .standing, path: path) ?? own))
      scores.append(random.normal())
    }
    self.wandered = wandered
    self.scores = scores
    means = [Float](repeating: 0, count: count)
    blocks = [Int32](repeating: 0, count: count)
  }

  /// One hour of the day in all futures.
  func fill(
    _ values: UnsafeMutableBufferPointer<Float>, from base: Int, share: Float, ratios: [Float]
  ) {
    means.withUnsafeBufferPointer { means in
      guard !ratios.isEmpty else {
        for path in 0..<count { values[base + path] = means[path] * share }
        return
      }
      ratios.withUnsafeBufferPointer { ratios in
        blocks.withUnsafeBufferPointer { blocks in
          for path in 0..<count {
            values[base + path] = means[path] * share * ratios[Int(blocks[path])]
          }
        }
      }
    }
  }

  mutating func advance(to day: Int64) {
    let level = outlook.level
    let ahead = max(0, Int(day - outlook.lastDay))
    let place = min(max(ahead, 1), level.expected.count) - 1
    let expected = place >= 0 ? level.expected[place] : 0
    let weekday = CivilDay.weekday(of: day)
    let centre = expected + level.weekdays[weekday]
    let drift = ahead > 0 ? level.uncertainty.drift.squareRoot() : 0
    // A level that may be anywhere around its centre has a mean above it; the centre is the mean.
    let correction = -0.5 * level.uncertainty.level(daysAhead: ahead)
    let keep = outlook.days.persistence
    let fresh = (1 - keep * keep).squareRoot()
    let pool = outlook.days.pools[DayProfile.isWeekend(weekday) ? 1 : 0]
    let offset = level.offset
    for path in 0..<count {
      let step = random.normal()
      wandered[path] += drift * (shared?.mixed(step, .drift(day), path: path) ?? step)
      let draw = random.normal()
      scores[path] =
        keep * scores[path] + fresh * (shared?.mixed(draw, .day(day), path: path) ?? draw)
      var noise = 0.0
      if !pool.noises.isEmpty {
        let rank = 0.5 * Double.erfc(-scores[path] / 2.0.squareRoot())
        let index = min(Int(rank * Double(pool.noises.count)), pool.noises.count - 1)
        noise = pool.noises[index]
        blocks[path] = pool.days[index]
      }
      let rate = Double.exp(centre + wandered[path] + correction + noise) - offset
      means[path] = Float(min(max(0, rate), Self.largest))
    }
  }
}
