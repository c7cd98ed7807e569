import CKernels
import RealModule

/// Eight series of the same steps run side by side by the C kernel, each with its own parameters: the
/// arithmetic of `HoltWinters`, to the bit.
struct HoltWintersAcross {
  static let count = Int(HOLT_WINTERS_LANES)

  /// What one lane begins with, and in the end what it ended with.
  struct Lane: Sendable, Equatable {
    var parameters: HoltWintersParameters
    var states: HoltWintersStates
    var floor: Double
    var residual = 0.0
    /// Mean absolute error one step ahead from the warm-up on; NaN where nothing counted.
    var loss = Double.nan
  }

  private static let rows = 15

  /// Runs each lane over its series.
  ///
  /// - Parameters:
  ///   - series: At most eight, of the same seasons, steps and positions.
  ///   - lanes: One per series.
  ///   - backwards: Whether to run from the last step to the first.
  /// - Returns: The lanes as they ended.
  static func run(
    _ series: [HoltWintersSeries], _ lanes: [Lane], warmUp: Int, backwards: Bool = false
  ) -> [Lane] {
    guard let first = series.first, series.count == lanes.count, lanes.count <= count,
      series.allSatisfy({ $0.values.count == first.values.count })
    else { return lanes }
    let steps = first.values.count
    let states = first.seasons.totalLength
    var result = lanes
    withUnsafeTemporaryAllocation(
      byteCount: 8 * count * (rows + states + steps), alignment: 64
    ) { bytes in
      let memory = bytes.bindMemory(to: Double.self)
      memory.initialize(repeating: 0)
      let values = UnsafeMutableBufferPointer(rebasing: memory[(count * (rows + states))...])
      for lane in 0..<count { fill(memory, lane, lanes[min(lane, lanes.count - 1)]) }
      let known = transpose(series, into: values, steps: steps, warmUp, backwards)
      let indices = backwards ? first.stateIndices.map { $0.reversed() } : first.stateIndices
      pass(memory, values, indices, steps: steps, seasons: first.seasons.count, warmUp: warmUp)
      for lane in result.indices {
        result[lane].states = HoltWintersStates(
          level: memory[8 * count + lane], trend: memory[9 * count + lane],
          seasonal: (0..<states).map { memory[(rows + $0) * count + lane] },
          innovationBound: memory[11 * count + lane])
        result[lane].residual = memory[10 * count + lane]
        result[lane].loss = memory[12 * count + lane] / Double(known[lane])
      }
    }
    return result
  }

  /// Writes the lanes' values next to each other, step by step; returns how many of each count in its
  /// loss. By blocks of steps, so that a row of lanes is still near when the next lane comes to it.
  private static func transpose(
    _ series: [HoltWintersSeries], into values: UnsafeMutableBufferPointer<Double>, steps: Int,
    _ warmUp: Int, _ backwards: Bool
  ) -> [Int] {
    var known = Array(repeating: 0, count: count)
    let block = 128
    for begin in stride(from: 0, to: steps, by: block) {
      let end = min(begin + block, steps)
      for lane in 0..<count {
        var counted = 0
        series[min(lane, series.count - 1)].values.withUnsafeBufferPointer { source in
          for step in begin..<end {
            let value = source[backwards ? steps - 1 - step : step]
            values[step * count + lane] = value
            counted += value.isNaN || step < warmUp ? 0 : 1
          }
        }
        known[lane] += counted
      }
    }
    return known
  }

  /// Rows: four gains, four of the seasons, four states, two sums, the smallest bound, then a row per
  /// seasonal state.
  private static func fill(
    _ memory: UnsafeMutableBufferPointer<Double>, _ lane: Int, _ start: Lane
  ) {
    let gains = HoltWintersGains(start.parameters)
    let states = start.states
    var row = [gains.level, gains.trend, gains.damping, gains.residual]
    for season in 0..<SeasonPositions.capacity { row.append(gains.seasonal[season]) }
    row += [
      states.level, states.trend, start.residual, max(states.innovationBound, start.floor), 0, 0,
      start.floor,
    ]
    row += states.seasonal
    for (number, value) in row.enumerated() { memory[number * count + lane] = value }
  }

  private static func pass(
    _ memory: UnsafeMutableBufferPointer<Double>, _ values: UnsafeMutableBufferPointer<Double>,
    _ indices: [[Int32]], steps: Int, seasons: Int, warmUp: Int
  ) {
    guard let base = memory.baseAddress else { return }
    func row(_ number: Int) -> UnsafeMutablePointer<Double> { base + number * count }
    var lanes = holt_winters_lanes(
      level_gain: row(0), trend_gain: row(1), damping: row(2), residual_gain: row(3),
      smallest_bound: row(14), seasonal_gain: row(4), trend_sum: nil, carry: nil, level: row(8),
      trend: row(9), residual: row(10), bound: row(11), seasonal: row(rows), one_step: row(12),
      multi_step: row(13))
    indices.withPointers { states in
      var run = holt_winters_run(
        count: Int64(steps), values: values.baseAddress, seasons: Int64(seasons), states: states,
        bound_kept: HoltWinters.boundKept, bound_gain: HoltWinters.boundGain,
        warm_up: Int64(warmUp), stride: 0, horizons: 0, horizon: nil)
      holt_winters_across(&run, &lanes)
    }
  }
}
