/// The states before a series' first step, and the smallest bound of innovations to reckon with.
struct HoltWintersStart {
  let states: HoltWintersStates
  let floor: Double

  /// Profile of the first weeks, carried through the series and back again with cautious parameters
  /// (a backcast), so that every value has had its say on where the series began.
  init(_ series: HoltWintersSeries) {
    let begin = Self.profile(of: series)
    let unscaled = HoltWintersLanes.Loss(warmUp: 0, horizons: [], stride: 1)
    let forwards = HoltWintersLanes(series, loss: unscaled)
    forwards.pass([begin.parameters], from: begin.states, floor: begin.floor)
    let backwards = HoltWintersLanes(series.reversed(), loss: unscaled)
    backwards.pass(
      [begin.parameters], from: forwards.states(ofLane: 0).states, floor: begin.floor)
    self.init(after: backwards.states(ofLane: 0).states, least: begin.floor)
  }

  /// The starts of many series of the same seasons, steps and positions: eight run side by side.
  static func starts(_ series: [HoltWintersSeries]) -> [HoltWintersStart] {
    var starts: [HoltWintersStart] = []
    for first in stride(from: 0, to: series.count, by: HoltWintersAcross.count) {
      let group = Array(series[first..<min(first + HoltWintersAcross.count, series.count)])
      var lanes = HoltWintersAcross.run(group, group.map(profile), warmUp: 0)
      for lane in lanes.indices { lanes[lane].residual = 0 }
      lanes = HoltWintersAcross.run(group, lanes, warmUp: 0, backwards: true)
      starts += lanes.map { HoltWintersStart(after: $0.states, least: $0.floor) }
    }
    return starts
  }

  /// Where the way through the series begins.
  private static func profile(of series: HoltWintersSeries) -> HoltWintersAcross.Lane {
    var states = HoltWintersStates.profile(
      of: series.values, seasons: series.seasons, stateIndices: series.stateIndices)
    states.trend = 0
    return HoltWintersAcross.Lane(
      parameters: HoltWintersParameters(
        level: 0.1, seasonal: Array(repeating: 0.1, count: series.seasons.count), residual: 0.5),
      states: states, floor: leastBound(in: series.transform, level: states.level))
  }

  private init(after backcast: HoltWintersStates, least: Double) {
    var states = backcast
    states.trend = 0
    let bound = max(states.innovationBound, least)
    if bound > 0 {
      states.innovationBound = bound
      floor = bound / 4
    } else {
      // Nothing but zeros: no size to compare with, so the first real value is not clipped.
      states.innovationBound = 1e30
      floor = 0
    }
    self.states = states
  }

  /// That of innovations of one per cent of what the series is about, transformed.
  private static func leastBound(in transform: Transform, level: Double) -> Double {
    switch transform {
    case .logarithm: HoltWinters.clipMultiple * 0.01
    case .squareRoot: HoltWinters.clipMultiple * 0.005 * level.magnitude
    case .identity: HoltWinters.clipMultiple * 0.01 * level.magnitude
    }
  }
}
