import Domain

/// Why there is no export, named for what the asker does next.
enum ProvisioningRefusal: Error, Equatable {
  /// Ask differently: the parameter, and what it takes instead.
  case badParameter(String, String)
  /// Ask for a service that is configured.
  case unknownService(String, known: [String])
  /// Load or wait for history.
  case tooLittleHistory(String)
  /// Configure a price.
  case noPrice(String)
  /// Ask again when the export under way is through.
  case busy
}

extension ProvisioningRefusal: CustomStringConvertible {
  var description: String {
    switch self {
    case .badParameter(let name, let sentence): "\(name) \(sentence)"
    case .unknownService(let name, let known):
      "the service `\(name)` is not configured"
        + (known.nearest(to: name).map { "; did you mean `\($0)`?" } ?? "")
        + (known.isEmpty || known.count > 20 ? "" : " (there are \(known.joined(separator: ", ")))")
    case .tooLittleHistory(let sentence), .noPrice(let sentence): sentence
    case .busy: "another export is being made; ask again when it is through"
    }
  }
}

extension CommandFailure {
  init(_ refusal: ProvisioningRefusal) {
    switch refusal {
    case .badParameter: self.init(status: .usage, message: "--\(refusal)")
    case .unknownService: self.init(status: .usage, message: "--service: \(refusal)")
    case .tooLittleHistory: self.init(status: .badInput, message: "\(refusal)")
    case .noPrice: self.init(status: .badConfiguration, message: "\(refusal)")
    case .busy: self.init(status: .failure, message: "\(refusal)")
    }
  }
}
