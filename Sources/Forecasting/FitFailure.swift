/// Why a model could not be fitted. The caller keeps the last good one.
public enum FitFailure: Error, Sendable, Equatable, CustomStringConvertible {
  /// Fewer known values than the simplest model needs.
  case tooFewValues(known: Int, needed: Int)
  /// Positions were given for another number of steps than there are.
  case positionsDoNotFit(steps: Int, positions: Int)
  /// The loss was not finite where the search began.
  case notFinite
  /// The equations have no stable solution.
  case singular

  public var description: String {
    switch self {
    case .tooFewValues(let known, let needed):
      "too little history: \(known) known values of the \(needed) needed"
    case .positionsDoNotFit(let steps, let positions):
      "\(positions) positions in the seasons were given for \(steps) steps"
    case .notFinite: "the error is not finite where the search begins"
    case .singular: "the equations have no stable solution"
    }
  }
}
