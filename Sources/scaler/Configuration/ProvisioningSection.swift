import Domain
import Provisioning

/// The section `provisioning:`: what is bought, and what could be, for the exports to the cost team.
struct ProvisioningSection: Sendable {
  /// A commitment that runs already.
  struct Commitment: Sendable, Equatable {
    /// A service, or `*`.
    var target: String
    var units: Double
    var offer: CommitmentOffer
  }

  var offers: [CommitmentOffer] = Self.usualOffers
  /// Whether nobody configured offers, so that the discounts are assumptions.
  var assumesOffers = true
  var commitments: [Commitment] = []
  var instances: [InstanceType] = []

  /// Round figures of what the large clouds give; nobody's quote.
  static let usualOffers = [
    CommitmentOffer(
      name: "1-year-no-upfront", payment: .noUpfront, termMonths: 12, discount: 0.28),
    CommitmentOffer(
      name: "1-year-all-upfront", payment: .allUpfront, termMonths: 12, discount: 0.34),
    CommitmentOffer(
      name: "3-years-no-upfront", payment: .noUpfront, termMonths: 36, discount: 0.46),
  ]

  init() {}

  init(_ field: YAMLField) throws {
    let section = try field.section(["offers", "commitments", "instances"])
    if let listed = try section["offers"]?.list() {
      offers = try listed.map { try Self.offer($0.section(Self.offerKeys)) }
      assumesOffers = false
    }
    commitments =
      try section["commitments"]?.list().map { entry in
        let keys = try entry.section(["target", "units"] + Self.offerKeys)
        return Commitment(
          target: try keys["target"]?.text() ?? "*",
          units: try keys.required("units").number(above: 0), offer: try Self.offer(keys))
      } ?? []
    instances =
      try section["instances"]?.list().map { entry in
        let keys = try entry.section(["name", "rate_per_replica", "per_replica_hour", "boot"])
        return InstanceType(
          name: try keys.required("name").text(),
          ratePerInstance: try keys.required("rate_per_replica").number(above: 0),
          pricePerHour: try keys.required("per_replica_hour").number(above: 0),
          boot: try keys["boot"]?.duration())
      } ?? []
  }

  /// The targets of commitments must be services that there are.
  func check(against services: [String], in file: String) throws {
    for commitment in commitments
    where commitment.target != "*" && !services.contains(commitment.target) {
      throw ConfigurationError(
        file: file,
        message: "`provisioning.commitments` names a service that is not configured: "
          + "`\(commitment.target)`")
    }
  }

  private static let offerKeys = ["name", "kind", "payment", "term_months", "discount"]

  private enum Kind: String, CaseIterable {
    case savingsPlan = "savings-plan"
    case reservedInstance = "reserved-instance"
    case committedUse = "committed-use"
  }

  private enum Payment: String, CaseIterable {
    case noUpfront = "no-upfront"
    case partialUpfront = "partial-upfront"
    case allUpfront = "all-upfront"
  }

  private static func offer(_ section: YAMLSection) throws -> CommitmentOffer {
    let kind: CommitmentOffer.Kind =
      switch try section["kind"]?.choice(Kind.self) ?? .savingsPlan {
      case .savingsPlan: .savingsPlan
      case .reservedInstance: .reservedInstance
      case .committedUse: .committedUse
      }
    let payment: CommitmentOffer.Payment =
      switch try section["payment"]?.choice(Payment.self) ?? .noUpfront {
      case .noUpfront: .noUpfront
      case .partialUpfront: .partialUpfront
      case .allUpfront: .allUpfront
      }
    return CommitmentOffer(
      name: try section.required("name").text(), kind: kind, payment: payment,
      termMonths: try section["term_months"]?.integer(in: 1...120) ?? 12,
      discount: try section.required("discount").number(in: 0.001...0.95))
  }
}

/// What `price:` says besides the price itself.
struct PriceNote: Sendable, Equatable {
  var monthlyBudget: Double?
  /// Where the price comes from.
  var source: String?
  var asOf: Timestamp?

  static let keys = ["monthly_budget", "source", "as_of"]

  /// - Parameter field: `price:`, whose keys `Price` checks.
  init(_ field: YAMLField) throws {
    monthlyBudget = try field.value(under: "monthly_budget")?.number(above: 0)
    source = try field.value(under: "source")?.text()
    asOf = try field.value(under: "as_of")?.timestamp()
  }
}
