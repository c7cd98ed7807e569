/// Everything that happened in one simulated step: a row of the series file.
public struct StepRecord: Sendable, Equatable {
  public var step: Int
  /// The true rate, requests per second.
  public var rate: Double
  public var arrivals: Double
  public var served: Double
  public var dropped: Double
  /// Requests waiting at the end of the step.
  public var queue: Double
  public var ready: Int
  /// Booting replicas, those from the warm pool included.
  public var pending: Int
  /// Replicas that the true rate needs, at least the fleet's minimum.
  public var need: Int
  /// Seconds that the last request admitted in the step waits; infinite if it is never served.
  public var wait: Double
  /// Replicas of the warm pool, those being replaced included.
  public var pooled = 0
}
