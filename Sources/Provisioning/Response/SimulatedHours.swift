import Domain
import Simulation

/// One simulated hour of a policy.
struct SimulatedHour: Sendable {
  /// Mean requests per second.
  var rate = 0.0
  /// Serving and booting replicas: mean over the hour, and most at once.
  var replicas = 0.0
  var peak = 0.0
}

/// Sums the steps of a run into hours from the start of its window.
struct HourCollector {
  private(set) var hours: [SimulatedHour] = []
  private let stepsPerHour: Int
  private var open = SimulatedHour()
  private var count = 0

  init(step: Duration) {
    stepsPerHour = max(1, Int(3600 / max(1, step.wholeSeconds)))
  }

  mutating func add(_ record: StepRecord) {
    let billed = Double(record.ready + record.pending)
    open.rate += record.rate
    open.replicas += billed
    open.peak = max(open.peak, billed)
    count += 1
    guard count == stepsPerHour else { return }
    hours.append(
      SimulatedHour(
        rate: open.rate / Double(count), replicas: open.replicas / Double(count),
        peak: open.peak))
    open = SimulatedHour()
    count = 0
  }
}
