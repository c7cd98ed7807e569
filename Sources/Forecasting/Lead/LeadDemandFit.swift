import RealModule

/// Fits the quantiles of demand within a lead window to a past.
///
/// A pure function of its arguments; bounded: at most `maximumRows` moments of the past, a fixed
/// number of rounds per regression.
public struct LeadDemandFit: Sendable, Equatable {
  /// The model after the last value of the history, ready to advance.
  public let model: LeadDemand
  /// What was learnt, for a model that is already running.
  public let coefficients: LeadCoefficients
  /// Moments of the past that were learnt from.
  public let rows: Int

  /// Moments learnt from at most; more are thinned out evenly.
  public static let maximumRows = 8000
  /// Moments at which the season before jumped that are kept besides, where others are thinned out.
  public static let maximumJumps = 500
  /// Moments needed at least.
  public static let fewestRows = 240
  /// Learnt from are the last so many rounds of the shortest season, or `maximumRows` steps if those
  /// are more.
  public static let rounds = 14
  /// A moment counts with this power of its rate: late requests are what is to be avoided.
  static let weightExponent = 0.25
  /// Errors are widened by this over the periods of the shortest season that were learnt from: what
  /// a first day shows is narrower than what the second will bring. On the two open traces of one
  /// minute, at a boot of 300 s and with one day of history, the 99 % quantile was exceeded by 2.9 %
  /// of the outcomes without it and by 0.9 % with it; with 14 to 28 days, on all open traces that
  /// resolve the lead, by 1.2 and 1.0 %.
  static let widening = 0.4
  /// What is added to rates before their logarithm is taken, as a share of their mean.
  static let offsetShare = 0.02

  /// - Parameters:
  ///   - values: Mean rates per step, oldest first, 0 … 1e30; NaN and others are unknown.
  ///   - positions: One per value, or nil when all seasons were at 0 at the first and none jumped.
  ///   - seasons: May be `.none`. One that the values hold fewer than two periods of is not used.
  ///   - lead: What the quantiles are for.
  /// - Throws: `FitFailure`: too few moments with a known past and future, positions that do not
  ///   fit, or equations without a solution. The last good model stays in use then.
  public static func fit(
    values: [Double], positions: [SeasonPositions]? = nil, seasons: Seasons, lead: LeadWindow
  ) throws(FitFailure) -> LeadDemandFit {
    if let positions, positions.count != values.count {
      throw .positionsDoNotFit(steps: values.count, positions: positions.count)
    }
    let scale = Self.scale(of: values)
    var rows = LeadRows(lead: lead, seasons: seasons, scale: scale, steps: values.count)
    for step in values.indices {
      rows.advance(to: step, of: values, at: positions?[step] ?? seasons.positions(ofStep: step))
    }
    guard rows.count >= fewestRows else {
      throw .tooFewValues(known: rows.count, needed: fewestRows)
    }
    var parts: [LeadCoefficients.Part] = []
    for regression in rows.regressions {
      parts.append(
        try part(
          regression, prior: rows.model.features.prior, start: parts.last, widening: rows.widening))
    }
    let coefficients = LeadCoefficients(
      offset: scale.offset, reference: scale.reference,
      ceiling: Plausibility.ceiling(of: values), parts: parts)
    var model = rows.model
    model.adopt(coefficients)
    return LeadDemandFit(model: model, coefficients: coefficients, rows: rows.count)
  }

  private static func part(
    _ regression: QuantileRegression, prior: [Double], start: LeadCoefficients.Part?,
    widening: Double
  ) throws(FitFailure) -> LeadCoefficients.Part {
    let centre = try regression.fit(level: 0.5, start: start?.centre ?? prior, prior: prior)
    let upper = try regression.fit(
      level: LeadCoefficients.Part.upperLevel, start: start?.upper ?? centre, prior: prior)
    var errors: [(value: Double, weight: Double)] = []
    errors.reserveCapacity(regression.count)
    var spreads = 0.0
    var weight = 0.0
    for row in 0..<regression.count {
      let middle = regression.prediction(row, centre)
      let spread = max(
        regression.prediction(row, upper) - middle, LeadCoefficients.Part.smallestSpread)
      let error = widening * (regression.target(row) - middle) / spread
      errors.append((error, regression.weights[row]))
      spreads += regression.weights[row] * spread
      weight += regression.weights[row]
    }
    return LeadCoefficients.Part(
      centre: centre, upper: upper, tail: TailQuantiles(errors: errors),
      meanSpread: spreads / weight)
  }

  /// What is added before a logarithm is taken, and the logarithm of the mean.
  private static func scale(of values: [Double]) -> (offset: Double, reference: Double) {
    var sum = 0.0
    var known = 0
    for value in values where LeadDemand.isKnown(value) {
      sum += value
      known += 1
    }
    let mean = known > 0 && sum.isFinite ? sum / Double(known) : 0
    let offset = max(offsetShare * mean, 1e-9)
    return (offset, Double.log(mean + offset))
  }
}

/// Walks a model through a past and collects what a regression learns from: at every so many steps
/// the features of the moment, and what came of it in each part of the lead window.
private struct LeadRows {
  var model: LeadDemand
  var regressions: [QuantileRegression]
  /// How much wider than in the past the errors of the future are taken to be.
  let widening: Double
  private let reference: Double
  private let first: Int
  private let stride: Int
  private let horizon: Int
  /// Which seasons were seen often enough to learn from: a season seen once cannot be told from an
  /// accident.
  private let isSupported: [Bool]
  /// Moments learnt from only because the season before jumped there.
  private var jumps = 0

  init(
    lead: LeadWindow, seasons: Seasons, scale: (offset: Double, reference: Double), steps: Int
  ) {
    model = LeadDemand(lead: lead, seasons: seasons)
    model.setOffset(scale.offset)
    reference = scale.reference
    horizon = lead.last + 1
    let wanted = max(LeadDemandFit.rounds * seasons.shortest, LeadDemandFit.maximumRows)
    isSupported = seasons.lengths.map { steps >= 2 * $0 }
    first = max(0, steps - horizon - wanted)
    stride = max(1, (steps - horizon - first) / LeadDemandFit.maximumRows)
    let periods = Double(steps - first) / Double(max(1, seasons.shortest))
    widening = seasons.count > 0 ? 1 + LeadDemandFit.widening / max(1, periods) : 1
    let features = model.features
    regressions = features.parts.map { _ in
      QuantileRegression(features: features.count, capacity: LeadDemandFit.maximumRows)
    }
  }

  var count: Int { regressions.first?.count ?? 0 }

  mutating func advance(to step: Int, of values: [Double], at positions: SeasonPositions) {
    model.learn(values[step], at: positions)
    guard step >= first, step + horizon < values.count, model.unknownSteps == 0,
      model.recent.isFull
    else { return }
    let features = model.features
    if (step - first) % stride != 0 {
      // A jump lasts a step or two, and thinning must not lose what came of it.
      let offset = model.recent.offset
      guard jumps < LeadDemandFit.maximumJumps,
        features.parts.contains(where: {
          model.memory.jump(to: $0, after: positions, offset: offset) > 0
        })
      else { return }
      jumps += 1
    }
    var outcomes: [Double] = []
    for part in features.parts {
      guard let largest = Self.largest(of: values, from: step + 1, in: part) else { return }
      outcomes.append(largest)
    }
    let offset = model.recent.offset
    var row = Array(repeating: 0.0, count: LeadFeatures.maximum)
    row.withUnsafeMutableBufferPointer { row in
      let base = features.fill(row, from: model.recent, reference: reference)
      let weight = Double.exp(LeadDemandFit.weightExponent * (base - reference))
      for (number, outcome) in outcomes.enumerated() {
        features.fillSeasons(
          row, part: number, from: model.memory, after: positions, base: base, offset: offset)
        for (season, isSupported) in isSupported.enumerated() where !isSupported {
          row[features.scales.count + season] = 0
        }
        regressions[number].append(
          row, target: Double.log(outcome + offset) - base, weight: weight)
      }
    }
  }

  /// The largest value of a part; nil if one of them is unknown.
  private static func largest(
    of values: [Double], from start: Int, in part: ClosedRange<Int>
  ) -> Double? {
    var largest = 0.0
    for step in part {
      let value = values[start + step]
      guard LeadDemand.isKnown(value) else { return nil }
      largest = max(largest, value)
    }
    return largest
  }
}
