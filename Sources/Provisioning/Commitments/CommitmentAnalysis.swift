/// What committing to a number of instances would bring, over the judged hours.
public struct CommitmentCandidate: Sendable, Equatable {
  /// Instances committed to.
  public var units: Double
  /// Money per hour after the discount.
  public var hourlyCommitment: Double
  /// Committed instance-hours in use over those paid for.
  public var utilization: Outlook
  /// Committed instance-hours in use over all that are needed.
  public var coverage: Outlook
  /// Money saved against paying for the same need without the commitment; negative is a loss.
  public var savings: Outlook
  /// What the need costs without the commitment, expected.
  public var onDemandCostEquivalent: Double
  /// Share of futures in which the commitment costs more than it saves.
  public var probabilityOfLoss: Double
  /// Whether it is the one with the least expected cost.
  public var isRecommended: Bool
}

/// The best amount of one offer, and how sure that is.
public struct CommitmentAnalysis: Sendable, Equatable {
  public var offer: CommitmentOffer
  public var best: CommitmentCandidate
  /// The best amount in hindsight, over the futures.
  public var unitsP10: Double
  public var unitsP50: Double
  public var unitsP90: Double
  /// Share of the time that an instance must be in use to pay for itself, against the price that it
  /// replaces (spot included).
  public var breakEvenUtilization: Double
  /// Months until what was paid ahead is earned back; nil without a payment ahead, or if never
  /// within the term.
  public var breakEvenMonths: Double?
  /// Hours of need that were looked at, and hours of the term.
  public var judgedHours: Int
  public var termHours: Double

  /// Whether the whole term was looked at; a longer term is judged by its first part.
  public var isJudgedWhole: Bool { Double(judgedHours) >= termHours }
}

/// One more committed instance, on top of so many.
public struct MarginalUnit: Sendable, Equatable {
  public var units: Double
  /// Share of hours in which it is in use.
  public var utilization: Double
  /// Money per hour that it saves; above the optimum it loses.
  public var saving: Double
}

/// The instances needed in a share of the hours.
public struct DurationPoint: Sendable, Equatable {
  /// Of the hours, the part that needs at least as many; 0 … 1.
  public var share: Double
  public var p10: Double
  public var p50: Double
  public var p90: Double
}
