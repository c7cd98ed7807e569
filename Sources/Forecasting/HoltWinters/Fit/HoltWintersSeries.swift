/// A series as the fit sees it: transformed values and the seasonal state of each step.
struct HoltWintersSeries {
  let seasons: Seasons
  let transform: Transform
  /// Transformed; NaN is unknown.
  let values: [Double]
  /// Per season, the index of each step's state among all seasonal states.
  let stateIndices: [[Int32]]
  /// Smallest and largest known value, in units of the series.
  let range: ClosedRange<Double>
  let known: Int

  /// - Parameters:
  ///   - values: ≥ 0; NaN, infinite and negative ones are unknown.
  ///   - positions: One per value, or nil when every season was at 0 at the first and no step was
  ///     skipped.
  init(
    values: [Double], seasons: Seasons, transform: Transform, positions: [SeasonPositions]?
  ) throws(FitFailure) {
    if let positions, positions.count != values.count {
      throw .positionsDoNotFit(steps: values.count, positions: positions.count)
    }
    try self.init(
      values: values, seasons: seasons, transform: transform,
      stateIndices: Self.stateIndices(of: values.count, seasons, positions))
  }

  /// A series of the same seasons, steps and positions as another.
  init(
    values: [Double], transform: Transform, like other: HoltWintersSeries
  ) throws(FitFailure) {
    guard values.count == other.values.count else {
      throw .positionsDoNotFit(steps: values.count, positions: other.values.count)
    }
    try self.init(
      values: values, seasons: other.seasons, transform: transform,
      stateIndices: other.stateIndices)
  }

  private init(
    values: [Double], seasons: Seasons, transform: Transform, stateIndices: [[Int32]]
  ) throws(FitFailure) {
    var smallest = Double.infinity
    var largest = -Double.infinity
    var known = 0
    var kept = values
    kept.withUnsafeMutableBufferPointer { kept in
      for step in 0..<kept.count {
        let value = kept[step]
        // False for NaN.
        let isKnown = value >= 0 && value < .infinity
        known += isKnown ? 1 : 0
        smallest = isKnown && value < smallest ? value : smallest
        largest = isKnown && value > largest ? value : largest
        kept[step] = isKnown ? value : .nan
      }
      if transform != .identity {
        for step in 0..<kept.count where !kept[step].isNaN {
          kept[step] = transform.apply(kept[step])
        }
      }
    }
    self.values = kept
    guard known > 0 else { throw .tooFewValues(known: 0, needed: 1) }
    self.seasons = seasons
    self.transform = transform
    self.stateIndices = stateIndices
    self.known = known
    range = smallest...largest
  }

  private static func stateIndices(
    of count: Int, _ seasons: Seasons, _ positions: [SeasonPositions]?
  ) -> [[Int32]] {
    var start = 0
    var rows: [[Int32]] = []
    for (season, length) in seasons.lengths.enumerated() {
      if let positions {
        rows.append(positions.map { Int32(clamping: start + seasons.index(of: $0, in: season)) })
      } else {
        var row: [Int32] = []
        row.reserveCapacity(count)
        let first = Int32(clamping: start)
        let end = Int32(clamping: start + length)
        var index = first
        for _ in 0..<count {
          row.append(index)
          index = index + 1 == end ? first : index + 1
        }
        rows.append(row)
      }
      start += length
    }
    return rows
  }

  private init(
    seasons: Seasons, transform: Transform, values: [Double], stateIndices: [[Int32]],
    range: ClosedRange<Double>, known: Int
  ) {
    self.seasons = seasons
    self.transform = transform
    self.values = values
    self.stateIndices = stateIndices
    self.range = range
    self.known = known
  }

  /// The series backwards in time.
  func reversed() -> HoltWintersSeries {
    HoltWintersSeries(
      seasons: seasons, transform: transform, values: values.reversed(),
      stateIndices: stateIndices.map { $0.reversed() }, range: range, known: known)
  }
}
