import Control
import Domain
import Foundation

/// One entry of `services:`, or a service file: the policy, and where its signals come from and its
/// commands go to.
struct ServiceConfiguration: Sendable {
  var policy: ServicePolicy
  var demand: SignalReference?
  var queue: SignalReference?
  var cloud: CloudReference?
  /// What `price` says besides the price.
  var priceNote: PriceNote?
  /// Found by a fleet query, which its signals come from.
  var isDiscovered = false
  /// `control.lag` is `auto`, as it is by default: what the policy has is only to begin with.
  var measuresLag: Bool

  static let keys = [
    "id", "mode", "demand", "queue", "fleet", "control", "objective", "forecast", "scaling",
    "limits", "price", "cloud",
  ]

  init(_ field: YAMLField) throws {
    let section = try field.section(Self.keys)
    let idField = try section.required("id")
    let name = try idField.text()
    guard let id = ServiceID(name) else {
      throw idField.refusal("must be 1 to 200 of A-Z a-z 0-9 . _ : / -, not `\(name)`")
    }
    try self.init(
      section, id: id, demand: section["demand"].map(SignalReference.init),
      queue: section["queue"].map(SignalReference.init))
  }

  /// The settings of services that are yet to be found; the name is put in then.
  init(defaults field: YAMLField, demand: SignalReference, queue: SignalReference?) throws {
    let section = try field.section(Self.keys.filter { !["id", "demand", "queue"].contains($0) })
    guard let id = ServiceID("discovered") else { throw field.refusal("has no name") }
    try self.init(section, id: id, demand: demand, queue: queue)
    isDiscovered = true
  }

  private init(
    _ section: YAMLSection, id: ServiceID, demand: SignalReference?, queue: SignalReference?
  ) throws {
    let field = section.field
    let mode = try section["mode"]?.choice(ServicePolicy.Mode.self) ?? .observe
    self.demand = demand
    self.queue = queue
    cloud = try section["cloud"].map(CloudReference.init)
    policy = ServicePolicy(id: id, mode: mode, fleet: try FleetPolicy(section.required("fleet")))
    policy.timing = try section["control"].map(ControlTiming.init(field:)) ?? ControlTiming()
    measuresLag = try section["control"]?.value(under: "lag")?.text() ?? "auto" == "auto"
    policy.objective = try section["objective"].map { try Objective(field: $0) } ?? Objective()
    policy.forecast = try section["forecast"].map(ForecastPolicy.init(field:)) ?? ForecastPolicy()
    policy.scaling = try section["scaling"].map(ScalingPolicy.init(field:)) ?? ScalingPolicy()
    policy.downstream = try section["limits"].map([DownstreamLimit].init(field:)) ?? []
    policy.price = try section["price"].map(Price.init(field:))
    priceNote = try section["price"].map(PriceNote.init)
    policy.hasQueueSignal = queue != nil
    policy.hasFleetSignal = cloud != nil
    if mode != .observe {
      guard demand != nil else { throw field.refusal("needs `demand` in mode \(mode.rawValue)") }
      guard cloud != nil else { throw field.refusal("needs `cloud` in mode \(mode.rawValue)") }
    }
  }
}

/// Where a signal of a service comes from.
struct SignalReference: Sendable {
  var source: String
  var query: String?
  /// For a refusal that is only found when all sources are known.
  var place: ConfigurationPlace

  init(_ field: YAMLField) throws {
    let section = try field.section(["source", "query"])
    place = field.place
    source = try section.required("source").text()
    query = try section["query"]?.text()
  }

  /// A fleet query's, which the source knows.
  init(source: String, place: ConfigurationPlace) {
    self.source = source
    self.place = place
  }
}

/// Where a service's commands go.
struct CloudReference: Sendable {
  var name: String
  var kind: String?
  var namespace: String?
  var resource: String?
  var place: ConfigurationPlace

  init(_ field: YAMLField) throws {
    let section = try field.section(["name", "kind", "namespace", "resource"])
    place = field.place
    name = try section.required("name").text()
    kind = try section["kind"]?.text()
    namespace = try section["namespace"]?.text()
    resource = try section["resource"]?.text()
  }
}
