/// Where the server listens: an address of this machine that no other machine can reach.
public struct ListenAddress: Sendable, Equatable, CustomStringConvertible {
  /// A literal address, never a name: what a name means is not ours to trust.
  public let host: String
  /// 0 lets the system choose.
  public let port: Int

  /// - Parameters:
  ///   - host: `localhost`, `127.x.y.z` or `::1`, the latter with or without brackets.
  ///   - port: 0…65535.
  /// - Throws: `WebServerError.notLoopback` for any other host, `.badPort` for any other port.
  public init(host: String, port: Int) throws(WebServerError) {
    guard (0...65_535).contains(port) else { throw .badPort(port) }
    switch host {
    case "localhost": self.host = "127.0.0.1"
    case "::1", "[::1]": self.host = "::1"
    default:
      guard Self.isLoopbackIPv4(host) else { throw .notLoopback(host: host, port: port) }
      self.host = host
    }
    self.port = port
  }

  /// `127.0.0.1:8080`, `[::1]:8080`, `localhost:8080`: the form that configurations write.
  ///
  /// - Throws: as `init(host:port:)`; `.badAddress` for a text without a port.
  public init(_ text: String) throws(WebServerError) {
    guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...])
    else { throw .badAddress(text) }
    try self.init(host: String(text[..<colon]), port: port)
  }

  public var description: String {
    (host.contains(":") ? "[\(host)]" : host) + ":\(port)"
  }

  private static func isLoopbackIPv4(_ host: String) -> Bool {
    let parts = host.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4 && parts[0] == "127"
      && parts.allSatisfy { part in
        part.count <= 3 && part.utf8.allSatisfy { (48...57).contains($0) }
          && Int(part).map { $0 <= 255 } == true
      }
  }
}
