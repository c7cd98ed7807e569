import CKernels

/// Eight series with eight candidates each, run by one pass of the C kernel in single precision: what
/// the search over a fleet evaluates. A series is exchanged for the next as soon as its search ends.
///
/// On a CPU with AVX-512, a pass over 16,128 points of two seasons takes 0.25 ms, so 8 candidates of
/// one series cost a fifth of what a pass of `HoltWintersLanes` does; lost is the exactness, which the
/// search does not need.
final class HoltWintersBatch {
  static let series = Int(HOLT_WINTERS_BATCH_SERIES)
  static let candidates = Int(HOLT_WINTERS_BATCH_LANES) / series
  private static let width = Int(HOLT_WINTERS_BATCH_LANES)

  private let stateIndices: [[Int32]]
  private let states: Int
  private let count: Int
  private let warmUp: Int
  private var values: [Float]
  private var unknowns: [UInt8]
  private var known = Array(repeating: 0, count: HoltWintersBatch.series)
  private var smallestSizes = Array(repeating: Float(0), count: HoltWintersBatch.series)
  private var sizes = Array(repeating: Float(0), count: HoltWintersBatch.series)
  private var starts: [Float]
  /// Rows of gains: level, trend, damping, residual, four seasons; then one per seasonal state.
  private let memory: UnsafeMutableBufferPointer<Float>
  private var sums = Array(repeating: 0.0, count: HoltWintersBatch.width)

  private static let gainRows = 8

  /// - Parameter first: One of the series; all others must have its seasons, steps and positions.
  init(like first: HoltWintersSeries, warmUp: Int) {
    stateIndices = first.stateIndices
    states = first.seasons.totalLength
    count = first.values.count
    self.warmUp = warmUp
    values = Array(repeating: 0, count: count * Self.series)
    unknowns = Array(repeating: 0, count: count)
    starts = Array(repeating: 0, count: states * Self.series)
    memory = UnsafeMutableRawBufferPointer.allocate(
      byteCount: 4 * Self.width * (Self.gainRows + states), alignment: 64
    ).bindMemory(to: Float.self)
    memory.initialize(repeating: 0)
  }

  deinit { memory.deallocate() }

  /// Puts a series into a place, 0 ..< 8. Its level is taken off, so that single precision is spent
  /// on what varies.
  func load(_ series: HoltWintersSeries, from start: HoltWintersStart, at place: Int) {
    let level = start.states.level
    let (count, warmUp) = (count, warmUp)
    var counted = 0
    // Steps that become unknown, or may no longer be.
    var changed: [Int] = []
    values.withUnsafeMutableBufferPointer { values in
      series.values.withUnsafeBufferPointer { source in
        for step in 0..<count {
          let at = step * Self.series + place
          let value = Float(source[step] - level)
          if value.isNaN != values[at].isNaN { changed.append(step) }
          if !value.isNaN, step >= warmUp { counted += 1 }
          values[at] = value
        }
      }
    }
    for step in changed {
      let row = values[step * Self.series..<(step + 1) * Self.series]
      unknowns[step] = row.contains(where: \.isNaN) ? 1 : 0
    }
    known[place] = counted
    smallestSizes[place] = Float(start.floor)
    sizes[place] = Float(max(start.states.innovationSize, start.floor))
    starts.withUnsafeMutableBufferPointer { starts in
      for (state, value) in start.states.seasonal.enumerated() {
        starts[state * Self.series + place] = Float(value)
      }
    }
  }

  /// Sets one candidate of the series at a place.
  func set(_ parameters: HoltWintersParameters, candidate: Int, at place: Int) {
    let gains = HoltWintersGains(parameters)
    let lane = 16 * (place / 2) + 2 * candidate + place % 2
    memory[lane] = Float(gains.level)
    memory[Self.width + lane] = Float(gains.trend)
    memory[2 * Self.width + lane] = Float(gains.damping)
    memory[3 * Self.width + lane] = Float(gains.residual)
    for season in 0..<SeasonPositions.capacity {
      memory[(4 + season) * Self.width + lane] = Float(gains.seasonal[season])
    }
  }

  /// Mean absolute error one step ahead of a candidate in the last pass.
  func loss(candidate: Int, at place: Int) -> Double {
    sums[16 * (place / 2) + 2 * candidate + place % 2] / Double(known[place])
  }

  /// Runs all candidates of all series.
  func pass() {
    guard let base = memory.baseAddress else { return }
    func row(_ number: Int) -> UnsafeMutablePointer<Float> { base + number * Self.width }
    sums.withUnsafeMutableBufferPointer { sums in
      var lanes = holt_winters_batch_lanes(
        level_gain: row(0), trend_gain: row(1), damping: row(2), residual_gain: row(3),
        seasonal_gain: row(4), seasonal: row(Self.gainRows), one_step: sums.baseAddress)
      stateIndices.withPointers { indices in
        values.withUnsafeBufferPointer { values in
          unknowns.withUnsafeBufferPointer { unknowns in
            starts.withUnsafeBufferPointer { starts in
              smallestSizes.withUnsafeBufferPointer { smallest in
                sizes.withUnsafeBufferPointer { sizes in
                  var run = holt_winters_batch_run(
                    count: Int64(count), values: values.baseAddress,
                    unknown: unknowns.baseAddress, seasons: Int64(stateIndices.count),
                    states: indices, clip: Float(HoltWinters.clipMultiple),
                    size_gain: Float(HoltWinters.innovationSizeGain), warm_up: Int64(warmUp),
                    smallest_size: smallest.baseAddress, size: sizes.baseAddress,
                    seasonal: starts.baseAddress, seasonal_states: Int64(states))
                  holt_winters_batch_pass(&run, &lanes)
                }
              }
            }
          }
        }
      }
    }
  }
}
