import Domain

extension WarmPoolSizing {
  struct Outcome {
    var peak = 0.0
    var capacityAfter: Duration
  }

  /// What is known at a tick and what was ordered, second by second.
  private struct Course {
    var ready: Int
    var standing: Int
    var queue = 0.0
    /// Started and not serving: when they serve, ascending by kind of start.
    var orders: [(second: Int, count: Int)] = []

    var size: Int { orders.reduce(ready) { $0 + $1.count } }
  }

  /// Plays a burst that starts right after a tick through the reactive part of the law: the larger
  /// of the newest interval's and the last minute's mean rate, what a climb reaches while replicas of
  /// the pool start, and what drains the backlog that is projected to the moment at which an order
  /// serves, held meanwhile.
  func play(_ burst: Burst, pool: Int) -> Outcome {
    let tick = max(1, Int(interval.wholeSeconds))
    let delay = max(0, Int(lag.inSeconds.rounded()))
    let (cold, warm) = (max(0, Int(boot.wholeSeconds)), max(0, Int(warmBoot.wholeSeconds)))
    let horizon = Int(burst.rise.wholeSeconds) + 4 * (delay + 2 * tick + cold) + 600
    let history = delay + tick
    var course = Course(
      ready: Int(replicas: burst.rate * burst.headroom / ratePerReplica), standing: pool)
    var queues = [Double](repeating: 0, count: history + 1)
    var drains = HeldMaximum()
    var outcome = Outcome(capacityAfter: .seconds(horizon))
    for second in 0..<horizon {
      let due = course.orders.reduce(0) { $0 + ($1.second <= second ? $1.count : 0) }
      if due > 0 {
        course.ready += due
        course.orders.removeAll { $0.second <= second }
      }
      // The burst starts one second after a tick, so that the first tick sees none of it.
      if (second + 1) % tick == 0 {
        order(
          &course, burst, observed: queues[second % (history + 1)], second: second,
          tick: tick, delay: delay, starts: (cold, warm), &drains)
      }
      let rate = burst.rate(at: Double(second) + 0.5)
      let capacity = Double(course.ready) * ratePerReplica
      course.queue = max(0, course.queue + rate - capacity)
      queues[(second + 1 + delay) % (history + 1)] = course.queue
      outcome.peak = max(outcome.peak, course.queue)
      if outcome.capacityAfter == .seconds(horizon), Double(second) >= burst.rise.inSeconds,
        capacity >= rate - 1e-9
      {
        outcome.capacityAfter = .seconds(second)
      }
      if outcome.capacityAfter < .seconds(horizon), course.queue == 0 { break }
    }
    return outcome
  }

  private func order(
    _ course: inout Course, _ burst: Burst, observed queue: Double, second: Int, tick: Int,
    delay: Int, starts: (cold: Int, warm: Int), _ drains: inout HeldMaximum
  ) {
    let rate = burst.rate(over: tick, to: second - delay)
    let start = course.standing > 0 ? starts.warm : starts.cold
    let projection = BacklogProjection(
      rate: rate, ratePerReplica: ratePerReplica, queueLimit: nil)
    let backlog = projection.backlog(
      queue: queue, lag: Double(delay), ready: course.ready,
      arrivals: course.orders.sorted { $0.second < $1.second }
        .map { (seconds: Double($0.second - second), count: $0.count) },
      horizon: Double(start))
    let extra = backlog / (drain.inSeconds * ratePerReplica)
    let held = drains.hold(
      extra, at: Timestamp(seconds: Int64(second)), window: Int64(start) + drain.wholeSeconds)
    let climbing = climbed(course, burst, rate: rate, tick: tick, to: second - delay)
    let wanted = Int(
      replicas: Double(max(Int(replicas: rate / ratePerReplica), climbing)) + held)
    let added = wanted - course.size
    guard added > 0 else { return }
    let fromPool = min(added, course.standing)
    course.standing -= fromPool
    if fromPool > 0 { course.orders.append((second + starts.warm, fromPool)) }
    if added > fromPool { course.orders.append((second + starts.cold, added - fromPool)) }
  }

  /// Replicas for what the burst climbs to until the pool's serve, with no more than stands by.
  private func climbed(
    _ course: Course, _ burst: Burst, rate: Double, tick: Int, to second: Int
  ) -> Int {
    let before = burst.rate(over: tick, to: second - tick)
    guard course.standing > 0, rate > before, rate > Double(course.ready) * ratePerReplica else {
      return 0
    }
    let reached = RecentRate.climbed(
      from: before, to: rate, within: Double(tick),
      for: (lag + interval / 2 + warmBoot).inSeconds)
    return min(Int(replicas: reached / ratePerReplica), course.size + course.standing)
  }
}

extension WarmPoolSizing.Burst {
  /// Requests per second at a time after the start.
  fileprivate func rate(at second: Double) -> Double {
    guard second > 0 else { return rate }
    let share = rise > .zero ? min(1, second / rise.inSeconds) : 1
    return rate * (1 + (multiple - 1) * share)
  }

  /// The mean over so many seconds, as it is measured.
  fileprivate func rate(over seconds: Int, to last: Int) -> Double {
    (0..<seconds).reduce(0) { $0 + rate(at: Double(last - $1) - 0.5) } / Double(seconds)
  }
}
