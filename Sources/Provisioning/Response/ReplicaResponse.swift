/// What the policy runs for an hour's demand, learnt by running the decision core: the mean and the
/// most replicas of an hour from its demand and that of its neighbours.
///
/// Headroom, boots, stabilisation, rounding and minimums are all in it, because the core was run with
/// them. What an hour's demand does not tell, such as unrest within the hour, stays as scatter, drawn
/// from the simulated hours.
public struct ReplicaResponse: Sendable {
  /// Requests per second at which one replica still meets its objective.
  public internal(set) var ratePerReplica: Double
  public internal(set) var minimum: Int
  public internal(set) var maximum: Int
  /// How well it repeats the core.
  public let check: ResponseCheck

  let mean: ResponseCurve<Double>
  let peak: ResponseCurve<Double>
  /// Ratios of simulated to expected replica-hours; so many of them, or one.
  let scatter: [Float]

  static let scatterCount = 256

  /// Expected replicas of an hour, mean and most at once, before scatter.
  @inline(__always)
  func expected(before: Double, now: Double, after: Double) -> (mean: Double, peak: Double) {
    let scale = 1 / ratePerReplica
    let (before, now, after) = (scale * before, scale * now, scale * after)
    let (low, high) = (Double(minimum), Double(maximum))
    let replicas = min(max(mean.value(before, now, after), low), high)
    return (replicas, min(max(peak.value(before, now, after), replicas), high))
  }

  /// What demand alone needs of replicas, never below the minimum.
  func floor(_ rate: Double) -> Double {
    min(max(rate / ratePerReplica, Double(minimum)), Double(maximum))
  }
}
