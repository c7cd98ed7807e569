/// How a rate becomes arrivals.
public enum ArrivalProcess: Sendable, Equatable {
  /// Rate times time, a real number.
  case fluid
  /// Whole arrivals, independent from step to step.
  case poisson(seed: UInt64)
}
