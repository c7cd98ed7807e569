import Domain

/// The sum of several services' futures: a group or the whole fleet. Services are added one by one
/// and need not be kept; the futures of one number belong together, so quantiles of the total are
/// quantiles of sums, never sums of quantiles.
///
/// Within a path services err independently, or together as far as the request's common factor says.
/// The peak of a total adds the services' peaks within each hour, as if they fell together.
public struct FleetTotal: Sendable {
  /// A group's name; `*` is the fleet.
  public let target: String
  private let request: ProvisioningRequest
  private var paths: ProvisioningPaths
  private var currencies: Set<String> = []
  private var isPriced = true
  private var prices: Set<Double> = []
  private var trained: (from: Timestamp, to: Timestamp)?
  private var hash: UInt64 = 0
  public private(set) var services = 0

  public init(target: String, request: ProvisioningRequest) {
    self.target = target
    self.request = request
    paths = ProvisioningPaths(start: request.start, hours: request.hours, count: request.paths)
  }

  /// Adds a service's futures; they must come from the same request.
  public mutating func add(_ service: TargetForecast) {
    paths.add(service.paths)
    services += 1
    if let currency = service.currency { currencies.insert(currency) } else { isPriced = false }
    if let price = service.unitPrice { prices.insert(price) }
    let provenance = service.provenance
    let known = trained ?? (provenance.trainedFrom, provenance.trainedTo)
    trained = (
      max(known.from, provenance.trainedFrom), min(known.to, provenance.trainedTo)
    )
    // The order of adding must not matter.
    for byte in provenance.parametersHash.utf8.enumerated() {
      hash &+= (UInt64(byte.element) &+ 1) &* (0x9E37_79B9_7F4A_7C15 << UInt64(byte.offset % 32))
    }
  }

  /// The total as it stands. Trained on the span that all services know; without a price if one has
  /// none or there are several currencies.
  public func forecast() -> TargetForecast {
    let span = trained ?? (request.start, request.start)
    return TargetForecast(
      target: target, paths: paths, calendar: request.calendar,
      purchase: request.purchases[target] ?? .onDemand,
      currency: isPriced && currencies.count == 1 ? currencies.first : nil,
      unitPrice: prices.count == 1 ? prices.first : nil,
      provenance: Provenance(
        modelName: DemandOutlook.modelName, parametersHash: String(hash, radix: 16),
        trainedFrom: min(span.from, span.to), trainedTo: span.to, paths: request.paths,
        seed: request.seed, response: nil))
  }
}
