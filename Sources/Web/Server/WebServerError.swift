/// Why the server does not start. `description` is one sentence that says what to do.
public enum WebServerError: Error, Sendable, Equatable, CustomStringConvertible {
  /// Other machines could reach the address, and there are no tokens yet to tell them apart.
  case notLoopback(host: String, port: Int)
  case badPort(Int)
  /// Not `host:port`.
  case badAddress(String)
  /// Another program listens there, or the system refused.
  case cannotListen(ListenAddress, detail: String)

  public var description: String {
    switch self {
    case .notLoopback(let host, let port):
      "server.listen is \(host):\(port), which other machines can reach; access tokens are not "
        + "built yet, so anyone there could read everything and push samples: "
        + "listen on 127.0.0.1:\(port), or put a proxy that authenticates in front of it"
    case .badPort(let port): "server.listen has the port \(port), which is not between 0 and 65535"
    case .badAddress(let text):
      "server.listen is \"\(text)\", which is not of the form 127.0.0.1:8080"
    case .cannotListen(let address, let detail):
      "cannot listen on \(address) (\(detail)): "
        + "stop what listens there, or choose another port"
    }
  }
}
