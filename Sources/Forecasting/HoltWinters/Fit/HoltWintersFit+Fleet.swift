extension HoltWintersFit {
  /// Fits many series at once for their one-step loss, several times as fast as one by one.
  ///
  /// Searches run eight or twelve side by side in single precision; states, the final pass and its
  /// loss are in double precision, so a model's states are those that its parameters give. Histories
  /// shorter than `fewestSteps` are fitted one by one.
  ///
  /// - Parameters:
  ///   - histories: Of one length each, ending together; as for `fit(values:)`.
  ///   - transforms: One per history.
  ///   - positions: One per step, for all of them.
  ///   - options: `horizons` are not looked at, and only the first start is searched from.
  /// - Returns: Per history its model, or why there is none. Histories of another length than the
  ///   first fail with `positionsDoNotFit`.
  public static func fit(
    fleet histories: [[Double]], seasons: Seasons, transforms: [Transform],
    positions: [SeasonPositions]? = nil, options: Options = Options()
  ) -> [Result<HoltWintersFit, FitFailure>] {
    let steps = histories.first?.count ?? 0
    var results: [Result<HoltWintersFit, FitFailure>] = histories.map {
      .failure(.positionsDoNotFit(steps: $0.count, positions: steps))
    }
    // So many that the memory of their values stays small, and few places idle at the end.
    let atOnce = 64
    for first in stride(from: 0, to: histories.count, by: atOnce) {
      var numbers: [Int] = []
      var series: [HoltWintersSeries] = []
      for number in first..<min(first + atOnce, histories.count)
      where histories[number].count == steps && number < transforms.count {
        do throws(FitFailure) {
          let values = histories[number]
          let one =
            if let like = series.first {
              try HoltWintersSeries(values: values, transform: transforms[number], like: like)
            } else {
              try HoltWintersSeries(
                values: values, seasons: seasons, transform: transforms[number],
                positions: positions)
            }
          guard one.known >= 3 else { throw .tooFewValues(known: one.known, needed: 3) }
          series.append(one)
          numbers.append(number)
        } catch {
          results[number] = .failure(error)
        }
      }
      for (number, fit) in zip(numbers, fits(series, options: options)) { results[number] = fit }
    }
    return results
  }

  /// The loss of a short history is so uneven that a search in single precision may end two per cent
  /// above one in double precision, and alone it takes a tenth of a millisecond.
  static let fewestSteps = 1000

  private static func fits(
    _ series: [HoltWintersSeries], options: Options
  ) -> [Result<HoltWintersFit, FitFailure>] {
    guard let first = series.first else { return [] }
    let warmUp = min(first.seasons.longest, first.values.count / 3)
    let coordinates = HoltWintersCoordinates(seasons: first.seasons.count, trend: options.trend)
    guard coordinates.count < HoltWintersBatch.mostCandidates,
      first.values.count >= fewestSteps
    else {
      var alone = options
      (alone.horizons, alone.starts) = ([], 1)
      return series.map { one in
        Result { () throws(FitFailure) in try fit(one, options: alone) }
      }
    }
    let starts = HoltWintersStart.starts(series)
    var fleet = FleetSearch(
      series: series, starts: starts, coordinates: coordinates, warmUp: warmUp, options: options)
    let points = fleet.run()

    var results: [Result<HoltWintersFit, FitFailure>] = []
    for begin in stride(from: 0, to: series.count, by: HoltWintersAcross.count) {
      let group = begin..<min(begin + HoltWintersAcross.count, series.count)
      let lanes = HoltWintersAcross.run(
        Array(series[group]),
        group.map {
          HoltWintersAcross.Lane(
            parameters: coordinates.parameters(points[$0].vector), states: starts[$0].states,
            floor: starts[$0].floor)
        }, warmUp: warmUp)
      for (number, lane) in zip(group, lanes) {
        results.append(
          result(series[number], starts[number], lane, passes: points[number].evaluations))
      }
    }
    return results
  }

  private static func result(
    _ series: HoltWintersSeries, _ start: HoltWintersStart, _ lane: HoltWintersAcross.Lane,
    passes: Int
  ) -> Result<HoltWintersFit, FitFailure> {
    guard lane.loss.isFinite, lane.states.level.isFinite else { return .failure(.notFinite) }
    return .success(
      HoltWintersFit(
        model: HoltWinters(
          seasons: series.seasons, transform: series.transform, parameters: lane.parameters,
          level: lane.states.level, trend: lane.states.trend, seasonal: lane.states.seasonal,
          innovationBound: lane.states.innovationBound, smallestInnovationBound: start.floor,
          residual: lane.residual, range: series.range),
        loss: lane.loss, passes: passes + 1, initial: start.states,
        smallestInnovationBound: start.floor))
  }
}

/// The searches of a fleet, as many at a time as a batch has places.
private struct FleetSearch {
  let series: [HoltWintersSeries]
  let starts: [HoltWintersStart]
  let coordinates: HoltWintersCoordinates
  let limits: LimitedMemoryBFGS
  let batch: HoltWintersBatch
  private let begin: [Double]
  /// Coarser than that of a fit alone, since the last bits are not seen in single precision: on made
  /// demand, losses stay within a thousandth of those fits'.
  private static let tolerance = 5e-4
  private var waiting = 0
  private var places: [(number: Int, search: LimitedMemoryBFGS.Search)?]
  private var points: [LimitedMemoryBFGS.Point]

  init(
    series: [HoltWintersSeries], starts: [HoltWintersStart],
    coordinates: HoltWintersCoordinates, warmUp: Int, options: HoltWintersFit.Options
  ) {
    self.series = series
    self.starts = starts
    self.coordinates = coordinates
    limits = LimitedMemoryBFGS(
      maximumIterations: 40, maximumEvaluations: max(1, options.maximumPasses),
      tolerance: Self.tolerance)
    batch = HoltWintersBatch(
      like: series[0], warmUp: warmUp, candidates: coordinates.count + 1)
    begin = coordinates.starts(options.start)[0]
    places = Array(repeating: nil, count: batch.places)
    points = series.map { _ in
      LimitedMemoryBFGS.Point(vector: [], value: .infinity, evaluations: 0, iterations: 0)
    }
  }

  /// The best point of every series' search.
  mutating func run() -> [LimitedMemoryBFGS.Point] {
    var gradient = Array(repeating: 0.0, count: coordinates.count)
    while fill() {
      batch.pass()
      for place in places.indices {
        guard let number = places[place]?.number, var search = places[place]?.search else {
          continue
        }
        let value = batch.loss(candidate: 0, at: place)
        for index in gradient.indices {
          gradient[index] =
            (batch.loss(candidate: index + 1, at: place) - value)
            / HoltWintersCoordinates.coarseDifference
        }
        search.answer(value: value, gradient: gradient)
        points[number] = search.point
        places[place] = search.isFinished ? nil : (number, search)
      }
    }
    return points
  }

  /// Gives every place its next candidates; false if there is nothing left to search.
  private mutating func fill() -> Bool {
    var isBusy = false
    for place in places.indices {
      if places[place] == nil, waiting < series.count {
        batch.load(series[waiting], from: starts[waiting], at: place)
        places[place] = (waiting, LimitedMemoryBFGS.Search(limits, from: begin))
        waiting += 1
      }
      guard let (_, search) = places[place] else { continue }
      isBusy = true
      batch.set(coordinates.parameters(search.trial), candidate: 0, at: place)
      for index in search.trial.indices {
        var moved = search.trial
        moved[index] += HoltWintersCoordinates.coarseDifference
        batch.set(coordinates.parameters(moved), candidate: index + 1, at: place)
      }
    }
    return isBusy
  }
}
