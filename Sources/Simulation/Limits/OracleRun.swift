/// Plays the zero-wait oracle's schedule, so that it can stand beside the policies: in every step
/// what is needed serves, and what is needed within a boot time is kept or boots.
///
/// The cost is the oracle's own; the schedule serves for the fluid need, so Poisson arrivals above
/// it may wait and are reported.
struct OracleRun {
  let world: SimulatedWorld
  var onStep: ((StepRecord) -> Void)?

  func run() -> RunResult {
    let grid = world.grid
    let perStep = world.fleet.ratePerReplica * grid.dt
    var stream = world.demand.stream()
    var ahead = stream
    var reached = 0
    var held = HeldMaximum<Int>(window: world.boot)
    var kept = 0
    var queue = FluidQueue(limit: world.fleet.queueLimit)
    var waits = WaitResolver(dt: grid.dt)
    var score = ScoreKeeper(world: world, worstLimit: 5)
    var actions = 0
    var capacity = 0.0
    for step in 0..<grid.count {
      let before = kept
      while reached <= min(step + world.boot, grid.count - 1) {
        kept = held.add(world.fleet.need(for: ahead.next().rate), at: reached)
        reached += 1
      }
      if reached == grid.count { kept = held.maximum(at: step + world.boot) }
      if step > 0 && kept != before { actions += 1 }
      let demand = stream.next()
      let need = world.fleet.need(for: demand.rate)
      capacity = Double(need) * perStep
      let (served, dropped) = queue.serve(arrivals: demand.arrivals, capacity: capacity)
      let record = StepRecord(
        step: step, rate: demand.rate, arrivals: demand.arrivals, served: served, dropped: dropped,
        queue: queue.length, ready: need, pending: max(0, kept - need), need: need, wait: 0)
      waits.add(record, capacity: capacity) { known in
        score.add(known)
        onStep?(known)
      }
    }
    waits.finish(last: grid.count - 1, capacity: capacity) { known in
      score.add(known)
      onStep?(known)
    }
    return RunResult(
      scorecard: score.scorecard(
        replicaSeconds: world.oracleSeconds, oracleSeconds: world.oracleSeconds, actions: actions),
      worst: score.finishWorst(faults: world.faults, bursts: world.bursts, grid: grid))
  }
}
