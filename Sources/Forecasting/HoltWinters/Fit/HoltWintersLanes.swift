import CKernels
import RealModule

/// Eight candidate parameter sets run side by side over one series by the C kernel; memory is kept
/// from pass to pass.
///
/// The kernel is C because its clones for wider vectors are chosen when the program is loaded: on a
/// CPU with AVX-512 a pass over 16,128 points of two seasons takes 0.07 ms, in the form for any
/// x86-64 0.20 ms; Swift's own SIMD8 has only the latter.
final class HoltWintersLanes {
  static let count = Int(HOLT_WINTERS_LANES)

  /// What the errors are counted over.
  struct Loss: Equatable {
    /// Steps at the start that count in no loss.
    var warmUp: Int
    /// Ascending, from 1; empty for the one-step loss only.
    var horizons: [Int]
    /// Steps from one origin of the multi-step loss to the next.
    var stride: Int
  }

  let series: HoltWintersSeries
  private let loss: Loss
  private let horizons: [Int32]
  private let memory: UnsafeMutableBufferPointer<Double>
  private let rows: Rows
  /// Mean absolute error per lane, one step ahead and at the horizons; NaN where nothing counted.
  private(set) var oneStepLoss: [Double]
  private(set) var multiStepLoss: [Double]

  /// Where each kind of number begins, in rows of eight.
  private struct Rows {
    let level = 0, trend = 1, damping = 2, residual = 3
    let seasonalGain = 4
    let levelState = 8, trendState = 9, residualState = 10, bound = 11
    let oneStep = 12, multiStep = 13
    let smallestBound = 14
    let trendSum = 15
    let carry: Int
    let seasonal: Int
    let total: Int

    init(horizons: Int, states: Int) {
      carry = trendSum + horizons
      seasonal = carry + horizons
      total = seasonal + states
    }
  }

  init(_ series: HoltWintersSeries, loss: Loss) {
    self.series = series
    self.loss = loss
    horizons = loss.horizons.map { Int32(clamping: $0) }
    rows = Rows(horizons: horizons.count, states: series.seasons.totalLength)
    // A row is a cache line, so that no lane is loaded across two.
    memory = UnsafeMutableRawBufferPointer.allocate(
      byteCount: 8 * Self.count * rows.total, alignment: 64
    ).bindMemory(to: Double.self)
    memory.initialize(repeating: 0)
    oneStepLoss = Array(repeating: .nan, count: Self.count)
    multiStepLoss = oneStepLoss
  }

  deinit { memory.deallocate() }

  /// Runs one pass from the same states in every lane.
  ///
  /// - Parameter candidates: 1 … 8; lanes without one repeat the last.
  func pass(_ candidates: [HoltWintersParameters], from states: HoltWintersStates, floor: Double) {
    guard let last = candidates.last, let base = memory.baseAddress else { return }
    for lane in 0..<Self.count {
      set(lane: lane, lane < candidates.count ? candidates[lane] : last)
      self[rows.levelState, lane] = states.level
      self[rows.trendState, lane] = states.trend
      self[rows.residualState, lane] = 0
      self[rows.bound, lane] = max(states.innovationBound, floor)
      self[rows.smallestBound, lane] = floor
    }
    for (state, value) in states.seasonal.enumerated() {
      let row = memory.extracting(
        Self.count * (rows.seasonal + state)..<Self.count * (rows.seasonal + state + 1))
      row.update(repeating: value)
    }
    func row(_ number: Int) -> UnsafeMutablePointer<Double> { base + number * Self.count }
    var lanes = holt_winters_lanes(
      level_gain: row(rows.level), trend_gain: row(rows.trend), damping: row(rows.damping),
      residual_gain: row(rows.residual), smallest_bound: row(rows.smallestBound),
      seasonal_gain: row(rows.seasonalGain),
      trend_sum: row(rows.trendSum), carry: row(rows.carry), level: row(rows.levelState),
      trend: row(rows.trendState), residual: row(rows.residualState), bound: row(rows.bound),
      seasonal: row(rows.seasonal), one_step: row(rows.oneStep), multi_step: row(rows.multiStep))
    var counts: (Int64, Int64) = (0, 0)
    run(&lanes, counts: &counts)
    for lane in 0..<Self.count {
      oneStepLoss[lane] = self[rows.oneStep, lane] / Double(counts.0)
      multiStepLoss[lane] = self[rows.multiStep, lane] / Double(counts.1)
    }
  }

  /// A lane's states after the last pass.
  func states(ofLane lane: Int) -> (states: HoltWintersStates, residual: Double) {
    let seasonal = (0..<series.seasons.totalLength).map { self[rows.seasonal + $0, lane] }
    return (
      HoltWintersStates(
        level: self[rows.levelState, lane], trend: self[rows.trendState, lane],
        seasonal: seasonal, innovationBound: self[rows.bound, lane]),
      self[rows.residualState, lane]
    )
  }

  private subscript(row: Int, lane: Int) -> Double {
    get { memory[row * Self.count + lane] }
    set { memory[row * Self.count + lane] = newValue }
  }

  private func set(lane: Int, _ parameters: HoltWintersParameters) {
    let gains = HoltWintersGains(parameters)
    self[rows.level, lane] = gains.level
    self[rows.trend, lane] = gains.trend
    self[rows.damping, lane] = gains.damping
    self[rows.residual, lane] = gains.residual
    for season in 0..<SeasonPositions.capacity {
      self[rows.seasonalGain + season, lane] = gains.seasonal[season]
    }
    var step = 1
    var trendSum = 0.0
    var power = 1.0
    var carry = gains.residual
    for (number, horizon) in loss.horizons.enumerated() {
      while step < horizon {
        power *= gains.damping
        trendSum += power
        carry *= gains.residual
        step += 1
      }
      self[rows.trendSum + number, lane] = trendSum
      self[rows.carry + number, lane] = carry
    }
  }

  private func run(
    _ lanes: inout holt_winters_lanes, counts: inout (Int64, Int64)
  ) {
    series.values.withUnsafeBufferPointer { values in
      horizons.withUnsafeBufferPointer { horizons in
        series.stateIndices.withPointers { states in
          var run = holt_winters_run(
            count: Int64(values.count), values: values.baseAddress,
            seasons: Int64(series.seasons.count), states: states,
            bound_kept: HoltWinters.boundKept, bound_gain: HoltWinters.boundGain,
            warm_up: Int64(loss.warmUp), stride: Int64(loss.stride),
            horizons: Int64(horizons.count), horizon: horizons.baseAddress)
          withUnsafeMutablePointer(to: &counts) { counts in
            counts.withMemoryRebound(to: Int64.self, capacity: 2) {
              holt_winters_pass(&run, &lanes, $0)
            }
          }
        }
      }
    }
  }
}

/// Where a kernel finds the seasonal state of each step: one row per season, at most four.
typealias StateIndexRows = (
  UnsafePointer<Int32>?, UnsafePointer<Int32>?, UnsafePointer<Int32>?, UnsafePointer<Int32>?
)

extension [[Int32]] {
  /// Lends the rows to a kernel; those that are missing are nil.
  func withPointers(_ body: (StateIndexRows) -> Void) {
    func row(_ number: Int) -> [Int32] { number < count ? self[number] : [] }
    row(0).withUnsafeBufferPointer { first in
      row(1).withUnsafeBufferPointer { second in
        row(2).withUnsafeBufferPointer { third in
          row(3).withUnsafeBufferPointer { fourth in
            body((first.baseAddress, second.baseAddress, third.baseAddress, fourth.baseAddress))
          }
        }
      }
    }
  }
}
