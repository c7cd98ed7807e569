/// The true need over the time that an order takes, as no forecaster can know it: what the law
/// itself costs when the forecast is perfect.
struct PerfectFloor: ReplicaFloor {
  private var stream: DemandStream
  private var nextStep = 0
  private let stepCount: Int
  private let boot: Int
  private let interval: Int
  private let ratePerReplica: Double
  private var largest: HeldMaximum<Double>
  private var value = 0.0

  var lookback: Int { 0 }

  init(world: SimulatedWorld, interval: Int) {
    stream = world.demand.stream()
    stepCount = world.grid.count
    boot = world.boot
    self.interval = interval
    ratePerReplica = world.fleet.ratePerReplica
    largest = HeldMaximum(window: boot + interval)
  }

  mutating func replicas(_ view: ControllerView) -> Double {
    let end = min(stepCount - 1, view.step + boot + interval)
    while nextStep <= end {
      value = largest.add(stream.next().rate, at: nextStep)
      nextStep += 1
    }
    return value / ratePerReplica
  }
}
