import Adapters
import Control
import Domain

/// `services: { from: … }`: a query whose label values are services. What it finds is wired and fitted
/// like a service that is written down, with the settings under `defaults`.
struct ServiceDiscovery: Sendable {
  /// An entry of `sources:`, of kind prometheus.
  var source: String
  /// Gives every service's requests per second, told apart by `label`.
  var demand: String
  /// The same for requests waiting.
  var queue: String?
  var label: String
  var place: ConfigurationPlace
  private var template: ServiceConfiguration

  init(_ field: YAMLField) throws {
    let section = try field.section(["source", "demand", "queue", "label", "defaults"])
    place = try section.required("source").place
    source = try section.required("source").text()
    demand = try section.required("demand").text()
    queue = try section["queue"]?.text()
    label = try section.required("label").text()
    template = try ServiceConfiguration(
      defaults: section.required("defaults"),
      demand: SignalReference(source: source, place: place),
      queue: queue == nil ? nil : SignalReference(source: source, place: place))
  }

  /// The configuration of a service that was found.
  func service(_ id: ServiceID) -> ServiceConfiguration {
    var service = template
    service.policy.id = id
    return service
  }

  /// An event of every service.
  mutating func add(_ event: EventEntry) { template.policy.add(event) }

  var cloud: CloudReference? { template.cloud }

  /// What to ask the source for.
  var queries: PrometheusSource.FleetQueries {
    PrometheusSource.FleetQueries(
      PrometheusSource.Queries(demand: demand, queue: queue), label: label)
  }

  /// What `services:` holds: entries one by one, among them `from`, or only a `from`.
  static func read(
    _ field: YAMLField
  ) throws -> (services: [ServiceConfiguration], discoveries: [ServiceDiscovery]) {
    guard field.isList else { return ([], [try ServiceDiscovery(from(field))]) }
    var services: [ServiceConfiguration] = []
    var discoveries: [ServiceDiscovery] = []
    for entry in try field.list() {
      if entry.value(under: "from") == nil {
        services.append(try ServiceConfiguration(entry))
      } else {
        discoveries.append(try ServiceDiscovery(from(entry)))
      }
    }
    return (services, discoveries)
  }

  private static func from(_ field: YAMLField) throws -> YAMLField {
    try field.section(["from"]).required("from")
  }
}

extension ServeConfiguration {
  /// What the discoveries ask a source for.
  func fleetQueries(of source: String) -> [PrometheusSource.FleetQueries] {
    discoveries.filter { $0.source == source }.map(\.queries)
  }

  func checkDiscoveries() throws {
    for discovery in discoveries {
      guard let entry = sources.first(where: { $0.name == discovery.source }) else {
        throw discovery.place.refusal(
          "names the source `\(discovery.source)`, which does not exist")
      }
      guard case .prometheus = entry.source else {
        throw discovery.place.refusal(
          "names `\(discovery.source)`, which cannot discover services: a prometheus source can")
      }
      if let cloud = discovery.cloud, !clouds.contains(where: { $0.name == cloud.name }) {
        throw cloud.place.refusal("names the cloud `\(cloud.name)`, which does not exist")
      }
    }
  }
}
