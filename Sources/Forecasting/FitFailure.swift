/// Why a model could not be fitted. The caller keeps the last good one.
public enum FitFailure: Error, Sendable, Equatable {
  /// Fewer known values than the simplest model needs.
  case tooFewValues(known: Int, needed: Int)
  /// Positions were given for another number of steps than there are.
  case positionsDoNotFit(steps: Int, positions: Int)
  /// The loss was not finite where the search began.
  case notFinite
  /// The equations have no stable solution.
  case singular
}
