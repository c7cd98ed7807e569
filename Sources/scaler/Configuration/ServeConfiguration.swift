import Control
import Domain
import Foundation

/// The whole file of `scaler serve`.
struct ServeConfiguration: Sendable {
  struct Server: Sendable, Equatable {
    var host = "127.0.0.1"
    var port = 8080
    var logLevel = LogLevel.info
    var logFormat = LogFormat.text
  }

  enum LogLevel: String, CaseIterable { case debug, info, warning, error }
  enum LogFormat: String, CaseIterable { case text, json }

  struct Retention: Sendable, Equatable {
    var raw: Duration = .seconds(48 * 3600)
    var minutes: Duration = .seconds(35 * 86_400)
    var fiveMinutes: Duration = .seconds(70 * 86_400)
    var quarterHours: Duration = .seconds(400 * 86_400)
    var journal: Duration = .seconds(7 * 86_400)
  }

  var file: String
  var server = Server()
  var storePath = "scaler.sqlite"
  var retention = Retention()
  var sources: [(name: String, source: SourceConfiguration)] = []
  var clouds: [(name: String, cloud: CloudConfiguration)] = []
  var services: [ServiceConfiguration] = []
  var provisioning = ProvisioningSection()
  var discoveries: [ServiceDiscovery] = []
  /// Nil where this process is the only one.
  var leadership: LeadershipConfiguration?

  init(path: String) throws {
    try self.init(YAMLDocument(path: path))
  }

  init(_ document: YAMLDocument) throws {
    file = document.file
    let section = try document.root.section([
      "server", "store", "sources", "clouds", "services", "events", "leadership", "provisioning",
    ])
    if let field = section["server"] { server = try Server(field) }
    if let field = section["store"] { try readStore(field) }
    sources =
      try section["sources"]?.named().map {
        ($0.name, try SourceConfiguration($0.field, relativeTo: document.file))
      } ?? []
    clouds =
      try section["clouds"]?.named().map {
        ($0.name, try CloudConfiguration($0.field, relativeTo: document.file))
      } ?? []
    (services, discoveries) = try ServiceDiscovery.read(section.required("services"))
    let named = clouds
    leadership = try section["leadership"].map { try LeadershipConfiguration($0, clouds: named) }
    try addEvents(section["events"])
    provisioning = try section["provisioning"].map(ProvisioningSection.init) ?? provisioning
    try provisioning.check(against: services.map(\.policy.id.name), in: file)
    try checkReferences()
    try checkDiscoveries()
  }

  /// A path of the file, relative to the file.
  static func path(_ text: String, relativeTo file: String) -> String {
    if text.hasPrefix("/") || text == "-" { return text }
    let folder = (file as NSString).deletingLastPathComponent
    return folder.isEmpty ? text : folder + "/" + text
  }

  private mutating func readStore(_ field: YAMLField) throws {
    let section = try field.section(["path", "retention"])
    if let path = try section["path"]?.text() {
      storePath = Self.path(path, relativeTo: file)
    }
    if let field = section["retention"] {
      let spans = try field.section(["raw", "1m", "5m", "15m", "journal"])
      retention.raw = try spans["raw"]?.wholeSeconds() ?? retention.raw
      retention.minutes = try spans["1m"]?.wholeSeconds() ?? retention.minutes
      retention.fiveMinutes = try spans["5m"]?.wholeSeconds() ?? retention.fiveMinutes
      retention.quarterHours = try spans["15m"]?.wholeSeconds() ?? retention.quarterHours
      retention.journal = try spans["journal"]?.wholeSeconds() ?? retention.journal
    }
  }

  private mutating func addEvents(_ field: YAMLField?) throws {
    for field in try field?.list() ?? [] {
      let entry = try EventEntry(field, file: file)
      for (name, place) in entry.services ?? []
      where !services.contains(where: { $0.policy.id.name == name }) {
        throw place.refusal("names a service that is not configured: `\(name)`")
      }
      for index in services.indices where entry.concerns(services[index].policy.id.name) {
        services[index].policy.add(entry)
      }
      guard entry.services == nil else { continue }
      for index in discoveries.indices { discoveries[index].add(entry) }
    }
  }

  private func checkReferences() throws {
    var seen: Set<ServiceID> = []
    let sourceNames = sources.map(\.name)
    let cloudNames = clouds.map(\.name)
    for service in services {
      guard seen.insert(service.policy.id).inserted else {
        throw ConfigurationError(
          file: file, message: "the service `\(service.policy.id)` is configured twice")
      }
      for reference in [service.demand, service.queue].compactMap({ $0 })
      where !sourceNames.contains(reference.source) {
        throw reference.place.refusal(
          Self.unknown("source", reference.source, among: sourceNames))
      }
      if let cloud = service.cloud, !cloudNames.contains(cloud.name) {
        throw cloud.place.refusal(Self.unknown("cloud", cloud.name, among: cloudNames))
      }
    }
  }

  private static func unknown(_ what: String, _ name: String, among names: [String]) -> String {
    let nearest = names.nearest(to: name).map { "; did you mean `\($0)`?" } ?? ""
    let known = names.isEmpty ? "none is configured" : "there are \(names.joined(separator: ", "))"
    return "names the \(what) `\(name)`, which does not exist\(nearest) (\(known))"
  }
}

extension ServeConfiguration.Server {
  init(_ field: YAMLField) throws {
    let section = try field.section(["listen", "log"])
    if let listen = section["listen"] {
      let text = try listen.text()
      guard let colon = text.lastIndex(of: ":"),
        let port = Int(text[text.index(after: colon)...]), (0...65_535).contains(port),
        colon > text.startIndex
      else { throw listen.refusal("must be an address and a port, 127.0.0.1:8080, not `\(text)`") }
      host = String(text[..<colon]).trimmingCharacters(in: CharacterSet(charactersIn: "[]"))
      self.port = port
    }
    if let log = try section["log"]?.section(["level", "format"]) {
      logLevel = try log["level"]?.choice(ServeConfiguration.LogLevel.self) ?? logLevel
      logFormat = try log["format"]?.choice(ServeConfiguration.LogFormat.self) ?? logFormat
    }
  }
}
