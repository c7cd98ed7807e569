/// The states before a series' first step, and the smallest size of innovations to reckon with.
struct HoltWintersStart {
  let states: HoltWintersStates
  let floor: Double

  /// Profile of the first weeks, carried through the series and back again with cautious parameters
  /// (a backcast), so that every value has had its say on where the series began.
  init(_ series: HoltWintersSeries) {
    var states = HoltWintersStates.profile(
      of: series.values, seasons: series.seasons, stateIndices: series.stateIndices)
    states.trend = 0
    let cautious = HoltWintersParameters(
      level: 0.1, seasonal: Array(repeating: 0.1, count: series.seasons.count), residual: 0.5)
    let unscaled = HoltWintersLanes.Loss(warmUp: 0, horizons: [], stride: 1)
    let least = Self.leastSize(in: series.transform, level: states.level)

    let forwards = HoltWintersLanes(series, loss: unscaled)
    forwards.pass([cautious], from: states, floor: least)
    let backwards = HoltWintersLanes(series.reversed(), loss: unscaled)
    backwards.pass([cautious], from: forwards.states(ofLane: 0).states, floor: least)
    states = backwards.states(ofLane: 0).states
    states.trend = 0
    let size = max(states.innovationSize, least)
    if size > 0 {
      states.innovationSize = size
      floor = size / 4
    } else {
      // Nothing but zeros: no size to compare with, so the first real value is not clipped.
      states.innovationSize = 1e30
      floor = 0
    }
    self.states = states
  }

  /// One per cent of what the series is about, transformed.
  private static func leastSize(in transform: Transform, level: Double) -> Double {
    switch transform {
    case .logarithm: 0.01
    case .squareRoot: 0.005 * level.magnitude
    case .identity: 0.01 * level.magnitude
    }
  }
}
