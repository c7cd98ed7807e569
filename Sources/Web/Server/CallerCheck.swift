import HTTPTypes
import HummingbirdCore

/// Refuses what a browser sends on behalf of somebody else's page.
///
/// The server is reachable by every page that runs in a browser on this machine. A page can send
/// requests but not choose two headers: `Host` (a name that was re-pointed to 127.0.0.1 stays that
/// name) and `Origin`.
struct CallerCheck: Sendable {
  private let names: Set<String>

  init(hostNames: [String]) {
    names = Set(hostNames.map { $0.lowercased() } + ["localhost", "127.0.0.1", "[::1]"])
  }

  func check(_ request: Request) throws(Problem) {
    // HTTP/1.0 clients without a host are programs, not browsers.
    if let authority = request.head.authority, !isOurs(authority) {
      throw Problem(
        status: .misdirectedRequest, code: "foreign-host", title: "Not this server's name",
        detail: "The request is for \"\(authority)\"; only loopback names are answered.")
    }
    if let origin = request.headers[.origin], !isOurs(Self.authority(ofOrigin: origin)) {
      throw Problem(
        status: .forbidden, code: "foreign-origin", title: "Another site's page",
        detail: "Pages of \(origin) may not call this server.")
    }
  }

  private func isOurs(_ authority: String) -> Bool {
    let name = Self.name(of: authority).lowercased()
    return names.contains(name) || (try? ListenAddress(host: name, port: 0)) != nil
  }

  private static func authority(ofOrigin origin: String) -> String {
    guard let range = origin.firstRange(of: "://") else { return origin }
    return String(origin[range.upperBound...])
  }

  /// Without the port.
  private static func name(of authority: String) -> String {
    if authority.first == "[", let end = authority.firstIndex(of: "]") {
      return String(authority[...end])
    }
    return String(authority.prefix { $0 != ":" })
  }
}
