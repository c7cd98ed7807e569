public import Domain

/// The demand of a scenario, ready to be replayed any number of times.
///
/// The stages, in order: the trace as a rate, texture, one constant that brings the evaluated mean
/// to `scaledMean`, growth, bursts, arrivals. What policies may learn from (`history`) is taken
/// after the scale and before growth and bursts.
///
/// Steps are generated, never stored: memory does not depend on the length of the window.
public struct Demand: Sendable {
  public let grid: StepGrid
  /// Steps of history that the trace covers.
  public let historySteps: Int
  /// What every rate of the trace was multiplied with; 1 without `scaledMean`.
  public let scale: Double

  private let growth: Growth
  private var bursts: [Burst]
  private let arrivals: ArrivalProcess
  /// As they stand at the beginning of the grid, which is the beginning of history.
  private let curve: RateCurve
  private let texture: Texture.Stream?
  private let historyLead: Int
  private let traceOffset: Double
  /// The texture as it stands at step 0, so that replays need not go through history.
  private let evaluatedTexture: Texture.Stream?

  /// - Parameters:
  ///   - trace: Mean requests per second; unknown intervals are bridged.
  ///   - history: How much before `grid.start` may be learnt from; nil for all of it.
  ///   - scaledMean: Requests per second that the evaluated window shall have on average before
  ///     growth and bursts; nil leaves the trace as it is.
  /// - Returns: Nil if the trace holds no known value, or only zeros where a mean is asked for.
  /// - Complexity: One pass over history and window if there is a texture or a mean to reach.
  public init?(
    trace: TimeSeries, grid: StepGrid, history: Duration? = nil, texture: Texture? = nil,
    scaledMean: Double? = nil, growth: Growth = .none, bursts: [Burst] = [],
    arrivals: ArrivalProcess = .fluid
  ) {
    guard let curve = RateCurve(trace: trace) else { return nil }
    self.grid = grid
    self.growth = growth
    self.bursts = bursts
    self.arrivals = arrivals
    self.curve = curve
    traceOffset = grid.start.since(trace.start).inSeconds
    let available = max(0, grid.steps(grid.start.since(trace.start)))
    historyLead = history.map { grid.steps($0) } ?? available
    historySteps = min(historyLead, available)
    self.texture = texture.map { Texture.Stream($0, dt: grid.dt) }

    var passing = self.texture
    if passing != nil {
      for _ in 0..<historyLead { _ = passing?.next() }
    }
    evaluatedTexture = passing
    guard let scaledMean else {
      scale = 1
      return
    }
    var base = BaseRate(
      curve: curve, texture: passing, scale: 1, offset: traceOffset, dt: grid.dt, index: 0)
    var sum = 0.0
    for _ in 0..<grid.count { sum += base.next() }
    guard sum > 0 else { return nil }
    scale = scaledMean / (sum / Double(grid.count))
  }

  /// Announced bursts, in the order given.
  public var calendar: [Burst] { bursts.filter(\.isAnnounced) }

  /// The same demand with nothing on top.
  func withoutBursts() -> Demand {
    var demand = self
    demand.bursts = []
    return demand
  }

  /// The evaluated steps from the first one.
  public func stream() -> DemandStream {
    DemandStream(
      base: BaseRate(
        curve: curve, texture: evaluatedTexture, scale: scale, offset: traceOffset, dt: grid.dt,
        index: 0),
      growth: growth == .none ? nil : growth, bursts: bursts.isEmpty ? nil : BurstFactor(bursts),
      arrivals: arrivals, dt: grid.dt)
  }

  /// Mean rates of history in bins of `width`, the last of which ends where the window begins.
  /// Only whole bins that the trace covers.
  public func history(width: Duration) -> TimeSeries {
    let perBin = grid.period(width)
    let bins = historySteps / perBin
    var base = BaseRate(
      curve: curve, texture: texture, scale: scale, offset: traceOffset, dt: grid.dt,
      index: -historyLead)
    for _ in 0..<(historyLead - bins * perBin) { _ = base.next() }
    var values: [Double] = []
    values.reserveCapacity(bins)
    for _ in 0..<bins {
      var sum = 0.0
      for _ in 0..<perBin { sum += base.next() }
      values.append(sum / Double(perBin))
    }
    return TimeSeries(
      start: grid.time(at: -bins * perBin), step: grid.step * perBin, values: values)
  }
}

/// The trace's rate after texture and scale, step by step.
struct BaseRate: Sendable {
  var curve: RateCurve
  var texture: Texture.Stream?
  let scale: Double
  let offset: Double
  let dt: Double
  var index: Int

  mutating func next() -> Double {
    var rate = curve.rate(at: offset + (Double(index) + 0.5) * dt)
    if let factor = texture?.next() { rate *= factor }
    index += 1
    return rate * scale
  }
}

/// Replays the evaluated steps of a `Demand` in order.
public struct DemandStream: Sendable {
  /// One step's demand.
  public struct Step: Sendable, Equatable {
    /// The true rate, requests per second.
    public var rate: Double
    /// Requests that arrive within the step.
    public var arrivals: Double
  }

  private var base: BaseRate
  private let growth: Growth?
  private var bursts: BurstFactor?
  private var random: SplitMix64?
  private let dt: Double

  init(
    base: BaseRate, growth: Growth?, bursts: BurstFactor?, arrivals: ArrivalProcess, dt: Double
  ) {
    self.base = base
    self.growth = growth
    self.bursts = bursts
    self.dt = dt
    if case .poisson(let seed) = arrivals { random = SplitMix64(seed: seed) }
  }

  /// The next step; beyond the window it goes on with the trace's rate.
  public mutating func next() -> Step {
    let middle = (Double(base.index) + 0.5) * dt
    var rate = base.next()
    if let growth { rate *= growth.factor(at: middle) }
    if let factor = bursts?.next(at: middle) { rate *= factor }
    let mean = rate * dt
    return Step(rate: rate, arrivals: random?.poisson(mean: mean) ?? mean)
  }
}
