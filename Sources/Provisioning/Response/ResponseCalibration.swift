/// How a response is learnt: on how much simulated time, and at which loads.
public struct ResponseCalibration: Sendable, Equatable {
  /// The last so many days of the history are simulated, half of it at most.
  public var days: Int
  /// Multiples of the past load at which the core is run.
  public var loads: [Double]
  /// Of each load's hours, the part that is learnt from; the later rest judges.
  public var learntShare: Double

  /// Two weeks, at today's load and at three times it.
  public static let standard = ResponseCalibration(days: 14, loads: [1, 3])
  /// A week at today's load, for thousands of services that are not asked about growth.
  public static let quick = ResponseCalibration(days: 7, loads: [1])

  public init(days: Int, loads: [Double], learntShare: Double = 0.7) {
    self.days = days
    self.loads = loads
    self.learntShare = learntShare
  }
}
