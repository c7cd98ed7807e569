/// The scorecard's values by the names of the machine formats.
public enum ScoreMetric: String, Sendable, CaseIterable {
  case replicaHours = "replica_hours"
  case cost
  case oracleRatio = "oracle_ratio"
  case violation, late, dropped, availability
  case p50WaitSeconds = "p50_wait_seconds"
  case p99WaitSeconds = "p99_wait_seconds"
  case peakQueue = "peak_queue"
  case underprovisionedSeconds = "underprovisioned_seconds"
  case overprovisionRatio = "overprovision_ratio"
  case actions
  /// The slowest burst's.
  case timeToCapacitySeconds = "time_to_capacity_seconds"
  case timeToDrainSeconds = "time_to_drain_seconds"
  /// The longest queue within any burst.
  case burstPeakQueue = "burst_peak_queue"
  /// The worst burst's.
  case burstLate = "burst_late"
  case burstAvailability = "burst_availability"
  /// The dearest burst's cost over that of an HPA on 50 % CPU in the same hours without it.
  case burstCostOverCalm = "burst_cost_over_calm"

  /// Nil where there is none: no price, no bursts.
  public func value(in outcome: PolicyOutcome) -> Double? {
    let card = outcome.scorecard
    return switch self {
    case .replicaHours: card.replicaHours
    case .cost: outcome.cost
    case .oracleRatio: card.oracleRatio
    case .violation: card.violation
    case .late: card.late
    case .dropped: card.dropped
    case .availability: card.availability
    case .p50WaitSeconds: card.p50Wait
    case .p99WaitSeconds: card.p99Wait
    case .peakQueue: card.peakQueue
    case .underprovisionedSeconds: card.underprovisionedSeconds
    case .overprovisionRatio: card.overprovisionRatio
    case .actions: Double(card.actions)
    case .timeToCapacitySeconds: card.bursts.map(\.timeToCapacity).max()
    case .timeToDrainSeconds: card.bursts.map(\.timeToDrain).max()
    case .burstPeakQueue: card.bursts.map(\.peakQueue).max()
    case .burstLate: card.bursts.map(\.late).max()
    case .burstAvailability: card.bursts.map(\.availability).min()
    case .burstCostOverCalm: card.bursts.compactMap(\.costOverCalm).max()
    }
  }
}
