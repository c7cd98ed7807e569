public import Control
public import Domain

/// One scenario made ready: demand that can be replayed, the fleet's terms, the faults, and what
/// perfect knowledge would have cost. Any number of policies can be run in it, also at once.
public struct SimulatedWorld: Sendable {
  public private(set) var demand: Demand
  public private(set) var fleet: FleetModel
  public let control: ControlTiming
  public let objective: Objective
  public let price: Price?
  public let bursts: [Burst]
  let faults: FaultSchedule
  /// Replica-seconds of the zero-wait oracle.
  public let oracleSeconds: Double
  /// Replica-seconds of the need alone, boots not counted: less is not possible without waiting.
  public let neededSeconds: Double

  /// The true rate over the window, requests per second.
  public let meanRate: Double
  public let peakRate: Double

  /// Steps.
  let lag: Int
  let tick: Int
  let boot: Int
  private(set) var warmBoot: Int

  public var grid: StepGrid { demand.grid }
  /// The bursts by their start, which is how scorecards list them; of equal starts the first given.
  public var burstsInOrder: [Burst] {
    bursts.enumerated()
      .sorted { ($0.element.start, $0.offset) < ($1.element.start, $1.offset) }
      .map(\.element)
  }
  /// Seconds in the queue that are still within the objective.
  var slo: Double { objective.sloWait.inSeconds }

  /// - Throws: `ScenarioError` if `scenario` and `trace` do not pass `Scenario.validate`.
  /// - Complexity: At most three passes over the evaluated window.
  public init(_ scenario: Scenario, trace: TimeSeries) throws(ScenarioError) {
    try scenario.validate(trace: trace)
    let demand = Demand(
      trace: trace, grid: scenario.grid, history: scenario.history, texture: scenario.texture,
      scaledMean: scenario.scaledMean, growth: scenario.growth, bursts: scenario.bursts,
      arrivals: scenario.arrivals)
    guard let demand else {
      throw ScenarioError(sentences: ["scale.mean cannot be reached: the window holds only zeros."])
    }
    self.init(
      demand: demand, fleet: scenario.fleet, control: scenario.control,
      objective: scenario.objective, price: scenario.price, bursts: scenario.bursts,
      faults: scenario.faults)
  }

  init(
    demand: Demand, fleet: FleetModel, control: ControlTiming = ControlTiming(),
    objective: Objective = Objective(), price: Price? = nil, bursts: [Burst] = [],
    faults: [Fault] = []
  ) {
    self.demand = demand
    self.fleet = fleet
    self.control = control
    self.objective = objective
    self.price = price
    self.bursts = bursts
    let grid = demand.grid
    self.faults = FaultSchedule(faults, grid: grid)
    lag = grid.steps(control.lag)
    tick = grid.period(control.interval)
    boot = grid.steps(fleet.boot)
    warmBoot = grid.steps(fleet.warmPool.boot)

    var oracle = ZeroWaitOracle(boot: boot)
    var stream = demand.stream()
    var needed = 0
    var (sum, peak) = (0.0, 0.0)
    for _ in 0..<grid.count {
      let rate = stream.next().rate
      sum += rate
      peak = max(peak, rate)
      let need = fleet.need(for: rate)
      needed += need
      oracle.add(need: need)
    }
    oracleSeconds = Double(oracle.replicaSteps) * grid.dt
    neededSeconds = Double(needed) * grid.dt
    meanRate = sum / Double(grid.count)
    peakRate = peak
  }

  /// Serving replicas at the start.
  var initialReplicas: Int {
    if let initial = fleet.initial { return initial }
    var stream = demand.stream()
    let load = stream.next().arrivals / grid.dt / fleet.ratePerReplica
    return max(fleet.minimum, min(Int((load / 0.7).rounded(.up)), fleet.maximum))
  }

  /// The same world with another warm pool.
  func with(_ pool: FleetModel.WarmPool) -> SimulatedWorld {
    var world = self
    world.fleet.warmPool = pool
    world.warmBoot = grid.steps(pool.boot)
    return world
  }

  /// The same world without its bursts, whose hours are still scored. What describes the demand as a
  /// whole (`oracleSeconds`, `meanRate`, `peakRate`) stays that of this world.
  func withoutBursts() -> SimulatedWorld {
    var world = self
    world.demand = demand.withoutBursts()
    return world
  }
}
