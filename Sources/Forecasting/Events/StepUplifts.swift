import RealModule

/// What one event adds to each step of a horizon.
public struct StepUplifts: Sendable, Equatable {
  public let name: String
  public let uplift: EventUplift
  /// Earlier occurrences that the uplift was learned from; 0 if it was given, or none was seen.
  public let occurrences: Int
  /// Per step, the part of the full height, 0 … 1.
  public let shares: [Double]

  public init(name: String, uplift: EventUplift, occurrences: Int, shares: [Double]) {
    self.name = name
    self.uplift = uplift
    self.occurrences = occurrences
    self.shares = shares
  }
}

/// All events of one step together: on a logarithmic scale their factors add up, and so do the
/// variances of what is not known of them.
struct StepRaise: Sendable, Equatable {
  /// Logarithm of the factor.
  var logarithm = 0.0
  var variance = 0.0

  /// Per step of a horizon of `count` steps.
  static func steps(_ uplifts: [StepUplifts], count: Int) -> [StepRaise] {
    var steps = Array(repeating: StepRaise(), count: count)
    for event in uplifts {
      for (step, share) in event.shares.prefix(count).enumerated() {
        let part = min(max(share, 0), 1)
        let spread = part * event.uplift.uncertainty
        steps[step].logarithm += part * Double.log(event.uplift.factor)
        steps[step].variance += spread * spread
      }
    }
    return steps
  }

  /// What a quantile is multiplied with, if the event errs as far on the same side.
  func factor(score: Double) -> Double {
    Double.exp(logarithm + score * variance.squareRoot())
  }

  /// What a mean is multiplied with.
  var meanFactor: Double { Double.exp(logarithm + 0.5 * variance) }
}
