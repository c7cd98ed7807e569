import RealModule

/// The search's view of the parameters: a vector without bounds, each coordinate the logit of a
/// parameter within its range.
struct HoltWintersCoordinates {
  let seasons: Int
  let trend: Bool

  private static let level = 1e-4...0.999
  private static let trendGain = 0.0...0.5
  private static let damping = 0.0...1.0
  private static let seasonal = 0.0...0.99
  private static let residual = -0.5...0.995

  /// How far apart two lanes are for a derivative: wide enough to look past the kinks of an absolute
  /// error, narrow enough for its slope.
  private static let difference = 1e-4

  /// The same in single precision, whose last bits must not show in it.
  static let coarseDifference = 2e-3

  /// Coordinates of a vector.
  var count: Int { 2 + seasons + (trend ? 2 : 0) }

  func parameters(_ vector: [Double]) -> HoltWintersParameters {
    var rest = vector[...]
    func next(_ range: ClosedRange<Double>) -> Double {
      let coordinate = rest.popFirst() ?? 0
      let share = 1 / (1 + Double.exp(-coordinate))
      return range.lowerBound + (range.upperBound - range.lowerBound) * share
    }
    var parameters = HoltWintersParameters(level: next(Self.level))
    if trend {
      parameters.trend = next(Self.trendGain)
      parameters.damping = next(Self.damping)
    }
    for season in 0..<seasons { parameters.seasonal[season] = next(Self.seasonal) }
    parameters.residual = next(Self.residual)
    return parameters
  }

  func vector(_ parameters: HoltWintersParameters) -> [Double] {
    func coordinate(_ value: Double, _ range: ClosedRange<Double>) -> Double {
      let share = (value - range.lowerBound) / (range.upperBound - range.lowerBound)
      let inside = min(max(share, 1e-4), 1 - 1e-4)
      return Double.log(inside / (1 - inside))
    }
    var vector = [coordinate(parameters.level, Self.level)]
    if trend {
      vector.append(coordinate(parameters.trend, Self.trendGain))
      vector.append(coordinate(parameters.damping, Self.damping))
    }
    for season in 0..<seasons {
      vector.append(coordinate(parameters.seasonal[season], Self.seasonal))
    }
    vector.append(coordinate(parameters.residual, Self.residual))
    return vector
  }

  /// Where searches begin: the one given or a quick one, then a slow one.
  func starts(_ given: HoltWintersParameters?) -> [[Double]] {
    func usual(_ level: Double, _ gain: Double, _ residual: Double) -> HoltWintersParameters {
      HoltWintersParameters(
        level: level, trend: 0.02, damping: 0.9,
        seasonal: Array(repeating: gain, count: seasons), residual: residual)
    }
    return [vector(given ?? usual(0.1, 0.15, 0.7)), vector(usual(0.02, 0.05, 0.95))]
  }

  /// Loss at a vector; the gradient from lanes a small step along each coordinate.
  func loss(
    at vector: [Double], _ gradient: inout [Double], _ lanes: HoltWintersLanes,
    from start: HoltWintersStart, multiStep: Bool
  ) -> Double {
    var value = Double.nan
    var first = 0
    while first < vector.count {
      let part = first..<min(first + HoltWintersLanes.count - 1, vector.count)
      var candidates = [parameters(vector)]
      for coordinate in part {
        var moved = vector
        moved[coordinate] += Self.difference
        candidates.append(parameters(moved))
      }
      lanes.pass(candidates, from: start.states, floor: start.floor)
      let losses = multiStep ? lanes.multiStepLoss : lanes.oneStepLoss
      value = losses[0]
      for (lane, coordinate) in part.enumerated() {
        gradient[coordinate] = (losses[lane + 1] - value) / Self.difference
      }
      first = part.upperBound
    }
    return value.isFinite ? value : .infinity
  }
}
