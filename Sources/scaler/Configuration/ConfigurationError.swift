/// Something in a configuration or scenario file that cannot be taken, with its place.
struct ConfigurationError: Error, CustomStringConvertible {
  var file: String
  var line: Int?
  var column: Int?
  var message: String

  var description: String {
    var place = file
    if let line { place += ":\(line)" }
    if let line, line > 0, let column { place += ":\(column)" }
    return "\(place): \(message)"
  }
}

/// Where a value stands in a file.
struct ConfigurationPlace: Sendable {
  var file: String
  var line: Int?
  var column: Int?
  /// The keys that lead to it.
  var path: String

  func refusal(_ message: String) -> ConfigurationError {
    ConfigurationError(
      file: file, line: line, column: column,
      message: path.isEmpty ? message : "`\(path)` \(message)")
  }
}
