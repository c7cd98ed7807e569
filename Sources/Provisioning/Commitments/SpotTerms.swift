/// Instances that the platform may take back.
public struct SpotTerms: Sendable, Equatable {
  /// Off the on-demand price, 0 ..< 1.
  public var discount: Double
  /// Of the instances above the commitment, the share that may be spot.
  public var maximumShare: Double
  /// Interruptions per instance-hour.
  public var interruptionsPerHour: Double
  /// Hours for which a replacement is paid beside the instance that it replaces: its boot time.
  public var replacementHours: Double

  public init(
    discount: Double, maximumShare: Double, interruptionsPerHour: Double = 0.05 / 24,
    replacementHours: Double = 300.0 / 3600
  ) {
    self.discount = discount
    self.maximumShare = maximumShare
    self.interruptionsPerHour = interruptionsPerHour
    self.replacementHours = replacementHours
  }

  /// What a spot instance-hour costs, replacements included, over the on-demand price.
  public var effectivePrice: Double {
    (1 - discount) * (1 + max(0, interruptionsPerHour) * max(0, replacementHours))
  }

  /// The share that is worth using: all that may be, or none if it costs more than on demand.
  public var share: Double { effectivePrice < 1 ? min(max(maximumShare, 0), 1) : 0 }

  /// What an instance-hour above the commitment costs on average, over the on-demand price.
  public var blendedPrice: Double { 1 - share * (1 - effectivePrice) }
}
