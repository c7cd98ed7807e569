/// How instance-hours are paid for: a committed part around the clock, the rest on demand or spot.
public struct PurchaseMix: Sendable, Equatable {
  /// Instances paid for in every hour.
  public var committedUnits: Double
  /// The terms of those.
  public var offer: CommitmentOffer?
  /// For what is above the commitment.
  public var spot: SpotTerms?

  /// Everything at list price.
  public static let onDemand = PurchaseMix(committedUnits: 0)

  public init(
    committedUnits: Double, offer: CommitmentOffer? = nil, spot: SpotTerms? = nil
  ) {
    self.committedUnits = max(0, committedUnits)
    self.offer = offer
    self.spot = spot
  }

  /// What one hour costs, over the list price of one instance-hour.
  func price(ofUnits units: Double) -> Double {
    guard let offer else { return (spot?.blendedPrice ?? 1) * units }
    return (1 - offer.discount) * committedUnits
      + (spot?.blendedPrice ?? 1) * max(0, units - committedUnits)
  }
}
