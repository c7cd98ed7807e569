import RealModule

extension HoltWinters {
  /// Forecasts of the coming steps at evenly advancing positions.
  ///
  /// - Parameters:
  ///   - steps: How many; none if it is not positive.
  ///   - next: The positions of the first of them.
  /// - Returns: See `forecast(at:)`.
  public func forecast(steps: Int, from next: SeasonPositions) -> [Double] {
    var future: [SeasonPositions] = []
    future.reserveCapacity(max(0, steps))
    var positions = next
    for _ in 0..<max(0, steps) {
      future.append(positions)
      positions = seasons.positions(after: positions)
    }
    return forecast(at: future)
  }

  /// Forecasts of the coming steps, 1, 2, … ahead, at the positions given.
  ///
  /// Each is the centre of what is expected: the mean on the transformed scale, taken back, hence a
  /// median where the transform is not the identity. In units of the series, finite, and between a
  /// fifth of the smallest and twice the largest value learned from.
  public func forecast(at future: [SeasonPositions]) -> [Double] {
    var forecasts: [Double] = []
    forecasts.reserveCapacity(future.count)
    var level = self.level
    var trend = self.trend
    var residual = self.residual
    for positions in future {
      residual *= gains.residual
      forecasts.append(value(ofTransformed: (level + seasonalEffect(at: positions)) + residual))
      trend *= gains.damping
      level += trend
    }
    return forecasts
  }

  /// The forecast of one step, at any distance.
  ///
  /// - Parameters:
  ///   - positions: Where that step lies in each season.
  ///   - stepsAhead: 1 is the next step; smaller counts as 1.
  /// - Complexity: O(log(stepsAhead)), no allocation. Equal to `forecast(at:)` up to rounding.
  public func forecast(at positions: SeasonPositions, stepsAhead: Int) -> Double {
    value(ofTransformed: transformedForecast(at: positions, stepsAhead: stepsAhead))
  }

  func transformedForecast(at positions: SeasonPositions, stepsAhead: Int) -> Double {
    let distance = max(1, stepsAhead)
    let damping = gains.damping
    let further = distance - 1
    // Σ φ^j for j = 1 … further: what the trend adds after the next step.
    let trendSum =
      damping == 1
      ? Double(further) : damping * (1 - Double.pow(damping, further)) / (1 - damping)
    let carried = residual * Double.pow(gains.residual, distance)
    return level + trendSum * trend + seasonalEffect(at: positions) + carried
  }

  private func value(ofTransformed transformed: Double) -> Double {
    let value = transform.invert(transformed)
    guard value.isFinite else { return largest }
    return min(max(value, 0.2 * smallest), 2 * largest)
  }
}
