import Domain

/// The pool of replicas that stand by: how many are wanted, and what was last commanded.
///
/// Two reasons to stand by. A burst of a stated multiple has to be survived unannounced; what
/// `WarmPoolSizing` recommends for the present rate covers it, and a burst that no pool could cover
/// gets none. And demand may exceed what the forecast part holds ready: where a replica that stands
/// by costs the share `c` of a running one, it pays down to the probability `c (1 − q)`, when a
/// running one pays down to `1 − q` (the newsvendor's critical fractile, applied twice).
struct WarmPool: Sendable, Equatable {
  /// Commanded last and accepted.
  var size: Int?
  /// The decision whose command is on its way, and what it asks for.
  var inFlight: ScaleCommand?
  var wanted = HeldMaximum()
  /// The rate that the advice is for.
  var advisedRate = 0.0
  var advised = 0

  /// Shrinks wait this long; a pool that is refilled is a pool that is paid for.
  static let holdSeconds: Int64 = 3600

  /// What should stand by now.
  ///
  /// - Parameters:
  ///   - rate: Requests per second to plan for.
  ///   - beyond: Replicas that the deeper quantile asks for above the target; nil without forecast.
  mutating func want(
    rate: Double, beyond: Int?, policy: ServicePolicy, standby: StandbyPolicy, at now: Timestamp
  ) -> Int {
    if let multiple = standby.burst {
      // The advice is worked out anew only when the rate has moved by a twentieth.
      if (rate - advisedRate).magnitude > 0.05 * advisedRate {
        // Capacity has to come out of the pool: within two warm starts of the tick that sees it.
        let seen = policy.timing.lag + policy.timing.interval * 3
        let advice = WarmPoolSizing(policy).recommend(
          WarmPoolSizing.Burst(rate: rate, multiple: multiple),
          target: WarmPoolSizing.Target(
            queueMax: policy.objective.queueMax,
            capacityWithin: seen + policy.fleet.warmBoot * 2))
        advised = advice.isReachable ? advice.replicas : 0
        advisedRate = rate
      }
    } else {
      advised = 0
    }
    let needed = min(max(advised, beyond ?? 0), standby.max)
    let held = wanted.hold(
      Double(needed), at: now, window: Self.holdSeconds)
    return Int(held)
  }
}
