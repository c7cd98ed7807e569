import Web

extension RemoteWriteMapping {
  private static let labels = ["service", "replica"]

  /// `remote_write:` of a push source: the labels, and a metric's name or several for each meaning.
  /// Naming any metric replaces the default names.
  init(_ field: YAMLField) throws {
    let section = try field.section(Self.labels + Meaning.allCases.map(\.rawValue))
    self.init()
    if let label = try section["service"]?.text() { serviceLabel = label }
    if let label = try section["replica"]?.text() { replicaLabel = label }
    var named: [String: Meaning] = [:]
    for meaning in Meaning.allCases {
      guard let field = section[meaning.rawValue] else { continue }
      for name in try field.isScalar ? [field] : field.list() {
        guard named.updateValue(meaning, forKey: try name.text()) == nil else {
          throw name.refusal("names a metric that has a meaning already")
        }
      }
    }
    if !named.isEmpty { metrics = named }
  }
}

extension ServeConfiguration {
  /// What remote-write series mean: the first push source says so.
  var remoteWrite: RemoteWriteMapping {
    for entry in sources {
      if case .push(let mapping) = entry.source { return mapping }
    }
    return RemoteWriteMapping()
  }
}
