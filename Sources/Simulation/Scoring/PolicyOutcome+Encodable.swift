import Domain

/// The machine format of a simulation's result. Shares are fractions, times seconds; a wait without
/// end and a burst metric that does not exist are null.
extension PolicyOutcome: Encodable {
  private enum Key: String, CodingKey {
    case name, kind, cost, violation, late, dropped, availability, actions, bursts
    case replicaHours = "replica_hours"
    case oracleRatio = "oracle_ratio"
    case p50 = "p50_wait_seconds"
    case p99 = "p99_wait_seconds"
    case peakQueue = "peak_queue"
    case underprovisioned = "underprovisioned_seconds"
    case overprovision = "overprovision_ratio"
    case withinObjective = "within_objective"
    case certifiedBound = "certified_bound"
  }

  private struct Cost: Encodable {
    var amount: Double
    var currency: String?
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(name, forKey: .name)
    try container.encode(kind, forKey: .kind)
    try container.encode(scorecard.replicaHours, forKey: .replicaHours)
    try container.encode(cost.map { Cost(amount: $0, currency: currency) }, forKey: .cost)
    try container.encode(scorecard.oracleRatio, forKey: .oracleRatio)
    try container.encode(scorecard.violation, forKey: .violation)
    try container.encode(scorecard.late, forKey: .late)
    try container.encode(scorecard.dropped, forKey: .dropped)
    try container.encode(scorecard.availability, forKey: .availability)
    try container.encode(scorecard.p50Wait.finite, forKey: .p50)
    try container.encode(scorecard.p99Wait.finite, forKey: .p99)
    try container.encode(scorecard.peakQueue, forKey: .peakQueue)
    try container.encode(scorecard.underprovisionedSeconds, forKey: .underprovisioned)
    try container.encode(scorecard.overprovisionRatio, forKey: .overprovision)
    try container.encode(scorecard.actions, forKey: .actions)
    try container.encode(scorecard.bursts, forKey: .bursts)
    try container.encode(isWithinObjective, forKey: .withinObjective)
    try container.encodeIfPresent(certifiedBound, forKey: .certifiedBound)
  }
}

extension BurstScore: Encodable {
  private enum Key: String, CodingKey {
    case start, announced, kind, late, availability
    case withinObjective = "within_objective"
    case rateBefore = "rate_before"
    case peakRate = "peak_rate"
    case replicaHours = "replica_hours"
    case costOverCalm = "cost_over_calm"
    case timeToCapacity = "time_to_capacity_seconds"
    case timeToDrain = "time_to_drain_seconds"
    case peakQueue = "peak_queue"
  }

  /// `start` is written as configuration writes it, `2d3h`.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(start.shortText, forKey: .start)
    try container.encode(isAnnounced, forKey: .announced)
    try container.encode(kind, forKey: .kind)
    try container.encode(timeToCapacity, forKey: .timeToCapacity)
    try container.encode(timeToDrain, forKey: .timeToDrain)
    try container.encode(peakQueue, forKey: .peakQueue)
    try container.encode(late, forKey: .late)
    try container.encode(availability, forKey: .availability)
    try container.encode(keepsObjective, forKey: .withinObjective)
    try container.encode(rateBefore, forKey: .rateBefore)
    try container.encode(peakRate, forKey: .peakRate)
    try container.encode(replicaSeconds / 3600, forKey: .replicaHours)
    try container.encodeIfPresent(costOverCalm, forKey: .costOverCalm)
  }
}

extension ThresholdResult: Encodable {
  private enum Key: String, CodingKey {
    case text = "assert"
    case value, passed
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(text, forKey: .text)
    try container.encode(value.finite, forKey: .value)
    try container.encode(passed, forKey: .passed)
  }
}
