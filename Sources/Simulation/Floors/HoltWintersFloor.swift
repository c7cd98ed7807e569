import Domain

/// The largest Holt–Winters forecast over the boot time, in replicas at the target utilisation:
/// the predictive HPA as it was meant. Fitted once, on history; five-minute bins, one daily season.
struct HoltWintersFloor: ReplicaFloor {
  private var bins: RateBins
  private var model: SeasonalSmoothing?
  private var modelled: Int
  private let boot: Int
  private let perReplica: Double
  let lookback: Int

  /// - Parameter perReplica: Requests per second that one replica takes at the target.
  init(demand: Demand, boot: Int, interval: Int, perReplica: Double) {
    bins = RateBins(demand: demand, width: .seconds(300))
    self.boot = boot
    self.perReplica = perReplica
    lookback = RateBins.lookback(interval: interval)
    let perDay = demand.grid.steps(.seconds(86_400)) / bins.width
    let lead = max(1, (boot + bins.width - 1) / bins.width)
    model = SeasonalSmoothing.fitted(
      bins.values, period: perDay, lead: lead, trials: 80, seed: 7)
    modelled = bins.count
  }

  mutating func replicas(_ view: ControllerView) -> Double {
    bins.observe(view)
    while modelled < bins.count {
      model?.update(bins.values[modelled])
      modelled += 1
    }
    guard let model else { return 0 }
    let first = bins.bin(of: view.step) - modelled
    let last = bins.bin(of: view.step + boot) - modelled
    let rate = (first...last).reduce(0.0) { max($0, model.forecast(ahead: $1)) }
    return rate / perReplica
  }
}
