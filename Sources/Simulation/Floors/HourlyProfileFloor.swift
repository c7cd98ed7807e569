import Domain

/// Hourly capacity from a fourteen-day profile, in force from a buffer before the hour begins: what
/// AWS predictive scaling documents of itself. The model is a stand-in, as theirs is unpublished:
/// half hour of the day, half hour of the week, drawn to the level of the last day; renewed daily.
struct HourlyProfileFloor: ReplicaFloor {
  private static let span = 336

  private var hours: RateBins
  private let buffer: Int
  private let perReplica: Double
  let lookback: Int
  /// Whole replicas for the hours from `renewedAt` on.
  private var capacity: [Double] = []
  private var renewedAt = 0

  /// - Parameter buffer: Steps before an hour from which its capacity is held.
  init(demand: Demand, buffer: Int, interval: Int, perReplica: Double) {
    hours = RateBins(demand: demand, width: .seconds(3600))
    self.buffer = buffer
    self.perReplica = perReplica
    lookback = RateBins.lookback(interval: interval)
    renew()
  }

  mutating func replicas(_ view: ControllerView) -> Double {
    hours.observe(view)
    if hours.count >= renewedAt + 24 { renew() }
    guard !capacity.isEmpty else { return 0 }
    let now = hours.bin(of: view.step) - renewedAt
    let soon = hours.bin(of: view.step + buffer) - renewedAt
    return (now...soon).reduce(0.0) { max($0, capacity[min($1, capacity.count - 1)]) }
  }

  private mutating func renew() {
    renewedAt = hours.count
    guard renewedAt >= 24 else { return }
    let first = max(0, renewedAt - Self.span)
    let mean = hours.values[first...].reduce(0, +) / Double(renewedAt - first)
    let level = hours.values.suffix(24).reduce(0, +) / 24
    let trend = 0.5 + 0.5 * level / max(mean, 1e-9)
    capacity = (0..<48).map { ahead in
      let hour = renewedAt + ahead
      let day = profile(of: hour, period: 24, from: first) ?? mean
      let week = profile(of: hour, period: 168, from: first) ?? day
      let rate = (0.5 * day + 0.5 * week) * trend
      return Double(Simulation.replicas(for: rate / perReplica))
    }
  }

  /// The mean of the known hours a whole number of periods before `hour`.
  private func profile(of hour: Int, period: Int, from first: Int) -> Double? {
    let past = stride(from: hour - period, through: first, by: -period)
      .filter { $0 < renewedAt }.map { hours.values[$0] }
    return past.isEmpty ? nil : past.reduce(0, +) / Double(past.count)
  }
}
