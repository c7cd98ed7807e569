import Control
import Domain
import Forecasting
import Provisioning
import Storage

/// The configured services with what is known of them, to be forecast.
struct ProvisioningFleet: Sendable {
  let services: [ServiceConfiguration]
  let section: ProvisioningSection
  let clouds: [String: CloudConfiguration]
  let store: Store
  let compute = ComputeQueue()

  /// Between the oldest and the newest sample; with less the week cannot be told from chance.
  static let leastHistory: Duration = .seconds(14 * 86_400)

  /// Events that were announced to the running service count like those of the file.
  ///
  /// Services that a query finds are those that the store knows besides the written ones; with
  /// several queries nobody can tell afterwards which one found them, and they are left out.
  init(_ configuration: ServeConfiguration, store: Store) throws {
    let written = Set(configuration.services.map(\.policy.id))
    let discovery = configuration.discoveries.count == 1 ? configuration.discoveries.first : nil
    let found = store.services().filter { !written.contains($0) }
      .compactMap { id in discovery.map { $0.service(id) } }
    var whole = configuration
    whole.services += found
    services = whole.adding(try EventBook.announced(in: store)).services
    section = configuration.provisioning
    clouds = Dictionary(
      configuration.clouds.map { ($0.name, $0.cloud) }, uniquingKeysWith: { first, _ in first })
    self.store = store
  }

  var ids: [String] { services.map(\.policy.id.name) }

  /// A service's past up to `end`.
  ///
  /// Read as finely as it was measured, but not below five minutes (the response to demand within an
  /// hour needs no more) and in steps that fill an hour.
  func input(
    of service: ServiceConfiguration, info: SeriesInfo, until end: Timestamp
  ) async throws -> ServiceInput {
    let width = max(300, info.resolution?.wholeSeconds ?? 300)
    let usual: [Int64] = [300, 600, 900, 1200, 1800, 3600]
    let step = Duration.seconds(usual.first { $0 >= width } ?? 3600)
    let from = max(info.oldest, end - .seconds(400 * 86_400)).floored(to: step)
    let history = try await store.series(
      of: service.policy.id, metric: .rate, from: from, to: end.floored(to: step), step: step)
    return ServiceInput(policy: service.policy, history: history)
  }

  /// Measured replicas per hour; NaN is unknown.
  func ready(of id: ServiceID, from: Timestamp, to: Timestamp) async throws -> TimeSeries {
    try await store.series(of: id, metric: .ready, from: from, to: to, step: .seconds(3600))
  }

  /// The commitments that each target's money is netted against; the fleet's are all together.
  var purchases: [String: PurchaseMix] {
    var mixes: [String: PurchaseMix] = [:]
    for commitment in section.commitments {
      mixes[commitment.target] = Self.joined(mixes[commitment.target], with: commitment)
      if commitment.target != "*" {
        mixes["*"] = Self.joined(mixes["*"], with: commitment)
      }
    }
    return mixes
  }

  /// Several commitments count as one at their mean discount.
  private static func joined(
    _ mix: PurchaseMix?, with commitment: ProvisioningSection.Commitment
  ) -> PurchaseMix {
    guard let mix, var offer = mix.offer else {
      return PurchaseMix(committedUnits: commitment.units, offer: commitment.offer)
    }
    let units = mix.committedUnits + commitment.units
    if units > 0 {
      offer.discount =
        (mix.committedUnits * offer.discount + commitment.units * commitment.offer.discount)
        / units
    }
    offer.name += "+" + commitment.offer.name
    return PurchaseMix(committedUnits: units, offer: offer)
  }
}
