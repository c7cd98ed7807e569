import Domain

/// Adds up the scorecard while a run goes on. Takes each step once its wait is known, in order.
struct ScoreKeeper: Sendable {
  private let grid: StepGrid
  private let ratePerReplica: Double
  private let slo: Double
  private let poolCost: Double

  private var arrivals = 0.0
  private var dropped = 0.0
  private var admitted = 0.0
  private var late = 0.0
  private var peakQueue = 0.0
  private var underprovisioned = 0
  private var excess = 0
  private var needed = 0
  private var lastWait = 0.0
  private var waits = WaitQuantiles()
  private var watches: [BurstWatch]
  private var nextWatch = 0
  private var worst: WorstMoments

  init(world: SimulatedWorld, worstLimit: Int) {
    grid = world.grid
    ratePerReplica = world.fleet.ratePerReplica
    slo = world.slo
    worst = WorstMoments(limit: worstLimit, reaction: world.boot + world.lag + world.tick)
    poolCost = world.fleet.warmPool.cost
    let bursts = world.burstsInOrder
    watches = zip(bursts, BurstKind.kinds(of: bursts)).map {
      BurstWatch($0, kind: $1, grid: world.grid)
    }
  }

  mutating func add(_ record: StepRecord) {
    let accepted = record.arrivals - record.dropped
    var lateRequests = 0.0
    if lastWait == 0 && record.wait == 0 {
      waits.add(wait: 0, weight: accepted)
    } else {
      lateRequests = lateShare(from: lastWait, to: record.wait) * accepted
      late += lateRequests
      waits.add(wait: (lastWait + record.wait) / 2, weight: accepted)
    }
    lastWait = record.wait
    arrivals += record.arrivals
    dropped += record.dropped
    admitted += accepted
    peakQueue = max(peakQueue, record.queue)
    if record.ready < record.need { underprovisioned += 1 }
    excess += max(record.ready + record.pending - record.need, 0)
    needed += record.need
    worst.add(record, violations: record.dropped + lateRequests)
    if nextWatch < watches.count { watch(record, late: lateRequests) }
  }

  private mutating func watch(_ record: StepRecord, late: Double) {
    let capacity = Double(record.ready) * ratePerReplica * grid.dt
    let billed = Double(record.ready + record.pending) + poolCost * Double(record.pooled)
    var index = nextWatch
    while index < watches.count, watches[index].first <= record.step {
      watches[index].add(record, capacity: capacity, late: late, billed: billed)
      index += 1
    }
    while nextWatch < watches.count, watches[nextWatch].isOver,
      watches[nextWatch].end <= record.step
    {
      nextWatch += 1
    }
  }

  /// The share of a step's requests above the objective if their waits spread evenly between two.
  private func lateShare(from first: Double, to last: Double) -> Double {
    let low = min(first, last)
    let high = max(first, last)
    if high <= slo { return 0 }
    if low >= slo { return 1 }
    return high.isFinite ? (high - slo) / (high - low) : 1
  }

  func scorecard(replicaSeconds: Double, oracleSeconds: Double, actions: Int) -> Scorecard {
    var card = Scorecard()
    card.replicaSeconds = replicaSeconds
    card.oracleRatio = oracleSeconds > 0 ? replicaSeconds / oracleSeconds : 0
    card.late = admitted > 0 ? late / admitted : 0
    card.dropped = arrivals > 0 ? dropped / arrivals : 0
    card.availability = 1 - card.dropped
    card.violation = card.dropped + (1 - card.dropped) * card.late
    let quantiles = waits.quantiles([0.5, 0.99], total: admitted)
    card.p50Wait = quantiles[0]
    card.p99Wait = quantiles[1]
    card.peakQueue = peakQueue
    card.underprovisionedSeconds = Double(underprovisioned) * grid.dt
    card.overprovisionRatio = needed > 0 ? Double(excess) / Double(needed) : 0
    card.actions = actions
    card.bursts = watches.map { $0.score(lastStep: grid.count - 1) }
    return card
  }

  /// The worst spans with what caused them.
  mutating func finishWorst(faults: FaultSchedule, bursts: [Burst], grid: StepGrid) -> [WorstMoment]
  {
    worst.finish().map { span in
      var span = span
      span.explain(faults: faults, bursts: bursts, grid: grid)
      return span
    }
  }
}
