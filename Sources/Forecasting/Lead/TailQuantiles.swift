import RealModule

/// The quantiles of a standardised error: straight lines between the levels in units of
/// −log(1 − q), and beyond the last one an exponential tail that goes on as steeply as between 95 %
/// and 99 %. Monotone by construction.
///
/// Errors beyond 99 % are not read one by one: a single flash crowd within the fitted past would
/// otherwise make every level above it ask for another flash crowd at all times. On a trace with
/// flash crowds that made the last tenth of a percent of violations cost twice the fleet.
struct TailQuantiles: Sendable, Equatable {
  static let levels: [Double] = [0.05, 0.1, 0.25, 0.5, 0.75, 0.8, 0.9, 0.95, 0.975, 0.985, 0.99]
  /// −log(1 − q) of each level.
  static let depths: [Double] = levels.map { -Double.log(1 - $0) }
  /// Errors that must lie beyond a level for it to be read off them.
  static let errorsBeyond = 4.0
  /// Where the slope of the tail is taken from: 90 % and 95 %.
  private static let shoulder = 6
  private static let tailStart = 7

  /// One per level, ascending.
  let values: [Double]
  /// Growth per unit of depth beyond the last level.
  let slope: Double

  /// From errors and their weights. With none, all quantiles are 0.
  ///
  /// A level with fewer than `errorsBeyond` errors beyond it is extrapolated from the last one that
  /// has them, by an exponential tail as long as the mean excess over 90 %.
  init(errors: [(value: Double, weight: Double)]) {
    let sorted = errors.sorted { $0.value < $1.value }
    let total = sorted.reduce(0) { $0 + $1.weight }
    var values: [Double] = []
    var index = 0
    var below = 0.0
    var excess = 0.0
    var anchor = 0
    for (number, level) in Self.levels.enumerated() {
      if number == 0 || Double(sorted.count) * (1 - level) >= Self.errorsBeyond {
        while index + 1 < sorted.count, below + sorted[index].weight < level * total {
          below += sorted[index].weight
          index += 1
        }
        values.append(sorted.isEmpty ? 0 : sorted[index].value)
        anchor = number
        if number <= Self.shoulder { excess = Self.meanExcess(sorted, from: index) }
      } else {
        let depth = Self.depths[number] - Self.depths[anchor]
        values.append(values[anchor] + excess * depth)
      }
    }
    let last = values.count - 1
    self.values = values
    slope =
      (values[last] - values[Self.tailStart]) / (Self.depths[last] - Self.depths[Self.tailStart])
  }

  private static func meanExcess(
    _ sorted: [(value: Double, weight: Double)], from index: Int
  ) -> Double {
    guard index < sorted.count else { return 0 }
    var sum = 0.0
    var weight = 0.0
    for error in sorted[index...] {
      sum += error.weight * (error.value - sorted[index].value)
      weight += error.weight
    }
    return weight > 0 ? sum / weight : 0
  }

  /// The quantile at a depth −log(1 − q); below the first level its value.
  func value(atDepth depth: Double) -> Double {
    values.withUnsafeBufferPointer { values in
      Self.depths.withUnsafeBufferPointer { depths in
        let last = depths.count - 1
        if depth >= depths[last] { return values[last] + slope * (depth - depths[last]) }
        if depth <= depths[0] { return values[0] }
        var upper = 1
        while depths[upper] < depth { upper += 1 }
        let share = (depth - depths[upper - 1]) / (depths[upper] - depths[upper - 1])
        return values[upper - 1] + share * (values[upper] - values[upper - 1])
      }
    }
  }

  /// The depth at which the quantile is `value`: the inverse of `value(atDepth:)`; 0 below the first
  /// level, infinity where the tail ends before `value`.
  func depth(of value: Double) -> Double {
    let last = values.count - 1
    if value < values[0] { return 0 }
    if value >= values[last] {
      return slope > 0 ? Self.depths[last] + (value - values[last]) / slope : .infinity
    }
    var upper = 1
    while values[upper] <= value { upper += 1 }
    let share = (value - values[upper - 1]) / (values[upper] - values[upper - 1])
    return Self.depths[upper - 1] + share * (Self.depths[upper] - Self.depths[upper - 1])
  }
}

extension TailQuantiles {
  func writeState(to writer: inout StateWriter) {
    writer.write(values)
    writer.write(slope)
  }

  init(from reader: inout StateReader) throws(StateError) {
    values = try reader.readDoubles()
    slope = try reader.readDouble()
    guard values.count == Self.levels.count, values.allSatisfy(\.isFinite),
      zip(values, values.dropFirst()).allSatisfy({ $0 <= $1 }), slope >= 0, slope.isFinite
    else { throw .inconsistent("tail quantiles are not finite or not ascending") }
  }
}
