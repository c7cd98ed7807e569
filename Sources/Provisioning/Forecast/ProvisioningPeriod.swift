/// What one target needs in one period: a row of the forecast.
///
/// Quantiles are those of the period's sum over each possible future. They do not add: the P90 of a
/// month is below the sum of its days' P90s.
public struct ProvisioningPeriod: Sendable, Equatable {
  public var period: Period
  public var granularity: Granularity
  /// Requests per second, averaged over the period.
  public var demand: UnitQuantiles
  /// Instance-hours that the policy buys, summed over the period.
  public var units: UnitQuantiles
  /// Instance-hours that the expected demand alone needs, without any headroom, and never below the
  /// fleet's minimum.
  public var floorUnits: Double
  /// Instance-hours that the policy buys if demand comes exactly as expected.
  public var policyUnits: Double
  /// The most instances at once within the period.
  public var peakP50: Double
  public var peakP95: Double
  /// Money at list price; nil without a price or with several currencies.
  public var listCost: Outlook?
  /// Money after commitments and spot; equals `listCost` without any.
  public var effectiveCost: Outlook?
  /// Instance-hours paid for by commitment, used or not.
  public var committedUnits: Double
  /// Expected instance-hours above the commitment.
  public var onDemandUnits: Double
  /// Committed instance-hours that are used over those paid for; nil without a commitment.
  public var commitmentUtilization: Double?
  /// Instance-hours covered by commitment over all that are bought.
  public var commitmentCoverage: Double
  /// Whether the period lies further ahead than the history is long.
  public var isExtrapolated: Bool
}
