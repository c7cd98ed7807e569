/// How much services err together. What they have in common widens the fleet's interval; what they
/// do not evens out.
public enum Dependence: Sendable, Equatable {
  /// Each goes its own way: the fleet's relative spread is the smallest.
  case independent
  /// One common factor, as far as the past shows it.
  case commonFactor(CommonFactor)
}
