import Domain

extension StandbyAdvice: Encodable {
  private enum Key: String, CodingKey {
    case policy, size, cost, bursts, kept, violation
    case boot = "boot_seconds"
    case drain = "drain_seconds"
    case queueTarget = "queue_target"
    case capacityTarget = "time_to_capacity_target_seconds"
    case replicaHours = "replica_hours"
    case oracleRatio = "oracle_ratio"
    case withoutReplicaHours = "without_replica_hours"
    case withoutViolation = "without_violation"
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(policy, forKey: .policy)
    try container.encode(size, forKey: .size)
    try container.encode(boot.inSeconds, forKey: .boot)
    try container.encode(cost, forKey: .cost)
    try container.encodeIfPresent(drain?.inSeconds, forKey: .drain)
    try container.encode(target.queue, forKey: .queueTarget)
    try container.encode(target.timeToCapacity.inSeconds, forKey: .capacityTarget)
    try container.encode(keptCount, forKey: .kept)
    try container.encode(outcome.scorecard.replicaHours, forKey: .replicaHours)
    try container.encode(outcome.scorecard.oracleRatio, forKey: .oracleRatio)
    try container.encode(outcome.scorecard.violation, forKey: .violation)
    try container.encode(without.scorecard.replicaHours, forKey: .withoutReplicaHours)
    try container.encode(without.scorecard.violation, forKey: .withoutViolation)
    try container.encode(bursts, forKey: .bursts)
  }
}

extension StandbyAdvice.Burst: Encodable {
  private enum Key: String, CodingKey {
    case start, kept, late, availability
    case rateBefore = "rate_before"
    case peakRate = "peak_rate"
    case peakQueue = "peak_queue"
    case timeToCapacity = "time_to_capacity_seconds"
    case leastTimeToCapacity = "least_time_to_capacity_seconds_of_any_pool"
    case leastQueue = "least_queue_of_any_pool"
    case byArithmetic = "queue_by_arithmetic"
    case delay = "delay_seconds"
    case capacity = "capacity_before"
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(score.start.shortText, forKey: .start)
    try container.encode(isKept, forKey: .kept)
    try container.encode(score.rateBefore, forKey: .rateBefore)
    try container.encode(score.peakRate, forKey: .peakRate)
    try container.encode(score.peakQueue, forKey: .peakQueue)
    try container.encode(score.timeToCapacity, forKey: .timeToCapacity)
    try container.encode(score.late, forKey: .late)
    try container.encode(score.availability, forKey: .availability)
    try container.encode(leastQueue, forKey: .leastQueue)
    try container.encode(leastTimeToCapacity, forKey: .leastTimeToCapacity)
    try container.encode(arithmetic.queue, forKey: .byArithmetic)
    try container.encode(arithmetic.capacity, forKey: .capacity)
    try container.encode(arithmetic.delay, forKey: .delay)
  }
}
