import RealModule

/// What a regression sees of a moment: the recent past over several window lengths and the same
/// place of each season the last time round, as logarithms relative to the short mean.
struct LeadFeatures: Sendable, Equatable {
  /// Features of the longest list: 5 means, 2 maxima, 2 volatilities, 4 seasons, their jump, level,
  /// constant.
  static let maximum = 16

  let scales: LeadScales
  let parts: [ClosedRange<Int>]
  let seasons: Int

  init(lead: LeadWindow, seasons: Seasons) {
    scales = LeadScales(lead)
    parts = lead.parts
    self.seasons = seasons.count
  }

  var count: Int { scales.count + seasons + (seasons > 0 ? 1 : 0) }

  /// What coefficients are taken to be before anything is known: all zero, the rate stays, but a jump
  /// that the season before made is made again, until one was not.
  var prior: [Double] {
    var prior = Array(repeating: 0.0, count: count)
    if seasons > 0 { prior[scales.count + seasons] = 1 }
    return prior
  }

  /// Fills in what all parts share.
  ///
  /// - Returns: The logarithm of the short mean, to which everything is relative.
  func fill(
    _ features: UnsafeMutableBufferPointer<Double>, from recent: RecentDemand, reference: Double
  ) -> Double {
    let base = Double.log(recent.mean(LeadScales.short) + recent.offset)
    features[0] = 1
    features[1] = base - reference
    var index = 2
    for length in scales.means {
      features[index] = Double.log(recent.mean(length) + recent.offset) - base
      index += 1
    }
    for length in scales.maxima {
      features[index] = Double.log(recent.maximum(length) + recent.offset) - base
      index += 1
    }
    for length in scales.volatilities {
      features[index] = recent.volatility(length)
      index += 1
    }
    return base
  }

  /// Fills in the seasons for one part. A season that was not seen there says what the season before
  /// it in the list says; the first one that the rate stays.
  func fillSeasons(
    _ features: UnsafeMutableBufferPointer<Double>, part: Int, from memory: SeasonMemory,
    after positions: SeasonPositions, base: Double, offset: Double
  ) {
    var known = 0.0
    for season in 0..<seasons {
      if let seen = memory.maximum(season: season, steps: parts[part], after: positions) {
        known = Double.log(seen + offset) - base
      }
      features[scales.count + season] = known
    }
    guard seasons > 0 else { return }
    features[scales.count + seasons] = memory.jump(
      to: parts[part], after: positions, offset: offset)
  }
}
