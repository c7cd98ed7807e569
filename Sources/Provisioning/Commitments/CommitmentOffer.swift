/// A promise to pay for a number of instances around the clock, at a discount.
public struct CommitmentOffer: Sendable, Equatable {
  public enum Kind: String, Sendable, CaseIterable, Codable {
    /// A number of instances.
    case reservedInstance = "Reserved Instance"
    /// Money per hour, after the discount.
    case savingsPlan = "Savings Plan"
    case committedUse = "Committed Use Discount"
  }

  public enum Payment: String, Sendable, CaseIterable, Codable {
    case noUpfront = "No Upfront"
    case partialUpfront = "Partial Upfront"
    case allUpfront = "All Upfront"
  }

  public var name: String
  public var kind: Kind
  public var payment: Payment
  /// 12 or 36, usually.
  public var termMonths: Int
  /// Off the on-demand price, 0 ..< 1, payments ahead included.
  public var discount: Double

  public init(
    name: String, kind: Kind = .savingsPlan, payment: Payment = .noUpfront, termMonths: Int = 12,
    discount: Double
  ) {
    self.name = name
    self.kind = kind
    self.payment = payment
    self.termMonths = termMonths
    self.discount = discount
  }

  /// The share of the time that a committed instance must be in use to pay for itself.
  public var breakEvenUtilization: Double { 1 - discount }

  /// Part of the whole price that is paid at the start.
  public var upfrontShare: Double {
    switch payment {
    case .noUpfront: 0
    case .partialUpfront: 0.5
    case .allUpfront: 1
    }
  }
}
