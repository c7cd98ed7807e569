import CKernels

/// Several series with several candidates each, run by one pass of the C kernel in single precision:
/// what the search over a fleet evaluates. A series is exchanged for the next as soon as its search ends.
///
/// On a CPU with AVX-512, a pass over 16,128 points of two seasons takes 0.22 ms for twelve series with
/// five candidates and 0.26 ms for eight with eight, so a series costs a sixth to a third of a
/// pass of `HoltWintersLanes`; lost is the exactness, which the search does not need.
final class HoltWintersBatch {
  private static let groups = Int(HOLT_WINTERS_BATCH_GROUPS)
  private static let width = Int(HOLT_WINTERS_BATCH_LANES)
  /// The most candidates that a series can have.
  static let mostCandidates = width / groups / 2

  /// How many series there is place for.
  let places: Int
  private let seriesPerGroup: Int
  private let stateIndices: [[Int32]]
  private let states: Int
  private let count: Int
  private let warmUp: Int
  private var values: [Float]
  private var known: [Int]
  private var smallestBounds: [Float]
  private var bounds: [Float]
  private var starts: [Float]
  /// Rows of gains: level, trend, damping, residual, four seasons; then one per seasonal state.
  private let memory: UnsafeMutableBufferPointer<Float>
  private var sums = Array(repeating: 0.0, count: HoltWintersBatch.width)

  private static let gainRows = 8

  /// - Parameters:
  ///   - first: One of the series; all others must have its seasons, steps and positions.
  ///   - candidates: At most `mostCandidates`.
  init(like first: HoltWintersSeries, warmUp: Int, candidates: Int) {
    stateIndices = first.stateIndices
    states = first.seasons.totalLength
    count = first.values.count
    self.warmUp = warmUp
    seriesPerGroup = candidates <= 5 ? 3 : 2
    places = Self.groups * seriesPerGroup
    known = Array(repeating: 0, count: places)
    // The kernel reads one number beyond the last.
    values = Array(repeating: 0, count: count * places + 1)
    smallestBounds = Array(repeating: 0, count: places + 1)
    bounds = smallestBounds
    starts = Array(repeating: 0, count: states * places + 1)
    memory = UnsafeMutableRawBufferPointer.allocate(
      byteCount: 4 * Self.width * (Self.gainRows + states), alignment: 64
    ).bindMemory(to: Float.self)
    memory.initialize(repeating: 0)
  }

  deinit { memory.deallocate() }

  /// Puts a series into a place, 0 ..< `places`. Its level is taken off, so that single precision is
  /// spent on what varies.
  func load(_ series: HoltWintersSeries, from start: HoltWintersStart, at place: Int) {
    let level = start.states.level
    let (count, places) = (count, places)
    values.withUnsafeMutableBufferPointer { values in
      series.values.withUnsafeBufferPointer { source in
        for step in 0..<count { values[step * places + place] = Float(source[step] - level) }
      }
    }
    known[place] = series.values.dropFirst(warmUp).reduce(0) { $0 + ($1.isNaN ? 0 : 1) }
    smallestBounds[place] = Float(start.floor)
    bounds[place] = Float(max(start.states.innovationBound, start.floor))
    starts.withUnsafeMutableBufferPointer { starts in
      for (state, value) in start.states.seasonal.enumerated() {
        starts[state * places + place] = Float(value)
      }
    }
  }

  private func lane(_ candidate: Int, _ place: Int) -> Int {
    Self.width / Self.groups * (place / seriesPerGroup) + seriesPerGroup * candidate
      + place % seriesPerGroup
  }

  /// Sets one candidate of the series at a place.
  func set(_ parameters: HoltWintersParameters, candidate: Int, at place: Int) {
    let gains = HoltWintersGains(parameters)
    let lane = lane(candidate, place)
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
    sums[lane(candidate, place)] / Double(known[place])
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
          starts.withUnsafeBufferPointer { starts in
            smallestBounds.withUnsafeBufferPointer { smallest in
              bounds.withUnsafeBufferPointer { bounds in
                var run = holt_winters_batch_run(
                  count: Int64(count), series: Int64(seriesPerGroup), values: values.baseAddress,
                  seasons: Int64(stateIndices.count), states: indices,
                  clip: Float(HoltWinters.clipMultiple),
                  size_gain: Float(HoltWinters.innovationSizeGain), warm_up: Int64(warmUp),
                  smallest_bound: smallest.baseAddress, bound: bounds.baseAddress,
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
