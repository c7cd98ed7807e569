import Domain

/// Turns an outlook into floors that a platform can hold.
enum FloorPlanning {
  /// The next day's floors: each is what the fleet has to be ordered to be at its time, so that what
  /// is needed until the order after the next serves is ready; within the bounds and what shared
  /// resources allow. Equal neighbours are one entry.
  ///
  /// The last floor stands until somebody changes it, and then nobody of us does: it is the highest
  /// of the plan.
  static func floors(
    _ outlook: FloorOutlook, policy: ServicePolicy, events: [AnnouncedEvent],
    effects: EventEffects, boot: Duration
  ) -> [ScheduledFloor] {
    guard let (start, rates) = outlook.upper() else { return [] }
    let step = outlook.step
    let replicas = rates.enumerated().map { index, rate in
      let from = start + step * index
      let lifted = effects.largest(events, from: from, to: from + step)
      return bounded(
        Int(replicas: rate * (lifted?.factor ?? 1) / policy.fleet.ratePerReplica), policy)
    }
    // What a boot of one step or less asks for is the next step's need, ordered now.
    let ahead = Int((boot.inSeconds / step.inSeconds).rounded(.up))
    var floors: [ScheduledFloor] = []
    for index in replicas.indices {
      let until = min(index + ahead, replicas.count - 1)
      let floor = replicas[index...until].max() ?? policy.fleet.min
      if floors.last?.replicas != floor {
        floors.append(ScheduledFloor(from: start + step * index, replicas: floor))
      }
    }
    if let highest = replicas.max(), let last = floors.last, last.replicas < highest {
      floors.append(ScheduledFloor(from: start + step * replicas.count, replicas: highest))
    }
    return floors
  }

  /// A plan is as bound as a decision: by the configured bounds, and by what shared resources allow.
  private static func bounded(_ replicas: Int, _ policy: ServicePolicy) -> Int {
    var most = policy.fleet.max
    for limit in policy.downstream { most = min(most, limit.mostReplicas) }
    return max(policy.fleet.min, min(replicas, most))
  }
}

extension DownstreamLimit {
  /// The largest fleet that leaves a tenth of the resource free.
  var mostReplicas: Int {
    let most = (limit * 0.9 / perReplica).rounded(.down)
    return most >= 0 && most < 1e9 ? Int(most) : most < 0 ? 0 : 1_000_000_000
  }
}
