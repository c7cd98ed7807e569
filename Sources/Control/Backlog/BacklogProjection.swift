import Domain

/// How much will wait when a replica that is started now begins to serve.
///
/// Fluid: between two changes of the fleet the backlog grows by the rate less what the ready
/// replicas serve, and never falls below zero. What is already warming is counted in from the
/// moment it will be ready, so a backlog that is being solved is not solved twice.
struct BacklogProjection {
  /// Requests per second that arrive, assumed to go on.
  var rate: Double
  /// Requests per second of one ready replica.
  var ratePerReplica: Double
  /// Beyond this the queue drops; nil if unknown.
  var queueLimit: Double?

  /// - Parameters:
  ///   - queue: Requests waiting `lag` ago.
  ///   - ready: Replicas serving now, and assumed to have served during the lag.
  ///   - arrivals: When batches on their way will be ready, seconds from now, ascending.
  ///   - horizon: Seconds from now.
  func backlog(
    queue: Double, lag: Double, ready: Int, arrivals: [(seconds: Double, count: Int)],
    horizon: Double
  ) -> Double {
    var serving = Double(ready)
    var waiting = capped(queue + (rate - serving * ratePerReplica) * lag)
    var clock = 0.0
    for arrival in arrivals where arrival.seconds < horizon {
      let until = max(clock, arrival.seconds)
      waiting = capped(waiting + (rate - serving * ratePerReplica) * (until - clock))
      serving += Double(arrival.count)
      clock = until
    }
    return capped(waiting + (rate - serving * ratePerReplica) * (horizon - clock))
  }

  private func capped(_ waiting: Double) -> Double {
    let floored = max(0, waiting)
    return queueLimit.map { min($0, floored) } ?? floored
  }
}
