import RealModule

/// Chooses a Holt-Winters model for a series: initial states from a profile of the first weeks and a
/// backcast, parameters by L-BFGS on a multi-step mean absolute error, from two starts.
///
/// Derivatives are differences between lanes of the same pass: one pass of eight lanes costs what a
/// pass of one does. Bounded: at most `maximumPasses` passes per start, whatever the data.
public struct HoltWintersFit: Sendable, Equatable {
  /// The model after the last value of the series, ready to advance.
  public let model: HoltWinters
  /// Mean absolute error that was minimised, transformed.
  public let loss: Double
  /// Passes over the series that were needed.
  public let passes: Int
  /// The search's parameters, a good start for the next fit of the same series.
  public var parameters: HoltWintersParameters { model.parameters }

  let initial: HoltWintersStates
  let smallestInnovationBound: Double

  /// What to fit, and how hard.
  public struct Options: Sendable, Equatable {
    /// Steps ahead that count in the loss, ascending from 1; empty is one step ahead at every step.
    public var horizons: [Int]
    /// An origin of the multi-step loss every so many steps.
    public var stride: Int
    /// Whether a damped trend is part of the model.
    public var trend: Bool
    /// Searches from different parameters, 1 or 2, of which the better one counts.
    public var starts: Int
    /// The most passes that one search may take.
    public var maximumPasses: Int
    /// Parameters to begin the first search at, instead of the usual ones.
    public var start: HoltWintersParameters?

    public init(
      horizons: [Int] = [], stride: Int = 7, trend: Bool = true, starts: Int = 2,
      maximumPasses: Int = 24, start: HoltWintersParameters? = nil
    ) {
      self.horizons = horizons
      self.stride = stride
      self.trend = trend
      self.starts = starts
      self.maximumPasses = maximumPasses
      self.start = start
    }
  }

  /// Fits a model to a series.
  ///
  /// - Parameters:
  ///   - values: Oldest first, ≥ 0; NaN, infinite and negative ones are unknown.
  ///   - seasons: Those to model; each should have been seen twice.
  ///   - transform: The scale on which the model is additive.
  ///   - positions: One per value, or nil when all seasons were at 0 at the first and none jumped.
  /// - Throws: `FitFailure`: fewer than 3 known values, positions that do not fit, or a loss that is
  ///   not finite.
  public static func fit(
    values: [Double], seasons: Seasons, transform: Transform,
    positions: [SeasonPositions]? = nil, options: Options = Options()
  ) throws(FitFailure) -> HoltWintersFit {
    let series = try HoltWintersSeries(
      values: values, seasons: seasons, transform: transform, positions: positions)
    return try fit(series, options: options)
  }

  static func fit(_ series: HoltWintersSeries, options: Options) throws(FitFailure)
    -> HoltWintersFit
  {
    guard series.known >= 3 else { throw .tooFewValues(known: series.known, needed: 3) }
    let start = HoltWintersStart(series)
    var loss = HoltWintersLanes.Loss(
      warmUp: min(series.seasons.longest, series.values.count / 3), horizons: options.horizons,
      stride: max(1, options.stride))
    let furthest = options.horizons.last ?? 0
    if loss.warmUp + furthest > series.values.count { loss.horizons = [] }
    let lanes = HoltWintersLanes(series, loss: loss)
    let coordinates = HoltWintersCoordinates(seasons: series.seasons.count, trend: options.trend)

    var best: LimitedMemoryBFGS.Point?
    var passes = 0
    for candidate in coordinates.starts(options.start).prefix(max(1, options.starts)) {
      let search = LimitedMemoryBFGS(
        maximumIterations: 40, maximumEvaluations: max(1, options.maximumPasses),
        tolerance: loss.horizons.isEmpty ? 1e-4 : 2e-5)
      let point = search.minimise(from: candidate) { at, gradient in
        passes += 1
        return coordinates.loss(
          at: at, &gradient, lanes, from: start, multiStep: !loss.horizons.isEmpty)
      }
      if point.value.isFinite, point.value < best?.value ?? .infinity { best = point }
    }
    guard let best else { throw .notFinite }

    let parameters = coordinates.parameters(best.vector)
    lanes.pass([parameters], from: start.states, floor: start.floor)
    let final = lanes.states(ofLane: 0)
    return HoltWintersFit(
      model: HoltWinters(
        seasons: series.seasons, transform: series.transform, parameters: parameters,
        level: final.states.level, trend: final.states.trend, seasonal: final.states.seasonal,
        innovationBound: final.states.innovationBound, smallestInnovationBound: start.floor,
        residual: final.residual, range: series.range),
      loss: best.value, passes: passes + 1, initial: start.states,
      smallestInnovationBound: start.floor)
  }
}
