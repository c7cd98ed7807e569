/// How well the calibrated response repeats the decision core, on simulated hours that it did not
/// learn from.
public struct ResponseCheck: Sendable, Equatable {
  /// Hours of simulation that were learnt from, and that were judged on.
  public internal(set) var learntHours: Int
  public internal(set) var judgedHours: Int
  /// Replica-hours that the core ran in the judged hours.
  public internal(set) var judgedReplicas = 0.0
  /// Replica-hours of the response over those of the core, minus one.
  public internal(set) var totalError: Double
  /// Mean absolute error of an hour, over the mean hour.
  public internal(set) var hourlyError: Double
}
