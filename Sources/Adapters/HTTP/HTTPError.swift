/// Why no response came, named for what the caller can conclude.
public enum HTTPError: Error, Sendable, Equatable {
  /// The server was not reached; nothing was sent.
  case unreachable(String)
  /// The peer is not who it should be, or refuses who we are; nothing was sent.
  case untrusted(String)
  /// Time is up. If `sent`, the request may have had its effect.
  case timedOut(sent: Bool)
  /// The connection broke or the answer was no HTTP. If `sent`, the request may have had its effect.
  case broken(String, sent: Bool)
  /// The answer is longer than the request allows; the request had its effect.
  case tooLarge(limit: Int)
  /// The caller gave up. If `sent`, the request may have had its effect.
  case cancelled(sent: Bool)
  /// A secret that the request needs cannot be read; nothing was sent.
  case credentials(String)
  /// The request itself is wrong: a URL that is none, a header with a line break.
  case invalid(String)

  /// Whether the request may have reached the server.
  public var mayHaveArrived: Bool {
    switch self {
    case .timedOut(let sent), .broken(_, let sent), .cancelled(let sent): sent
    case .tooLarge: true
    case .unreachable, .untrusted, .credentials, .invalid: false
    }
  }

  /// Whether the same request may succeed later without anybody changing anything.
  public var isTransient: Bool {
    switch self {
    case .unreachable, .timedOut, .broken: true
    case .untrusted, .tooLarge, .cancelled, .credentials, .invalid: false
    }
  }
}

extension HTTPError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .unreachable(let why): "not reachable (\(why))"
    case .untrusted(let why): "the connection is not trusted (\(why))"
    case .timedOut: "no answer in time"
    case .broken(let why, _): "the connection broke (\(why))"
    case .tooLarge(let limit): "the answer is longer than \(limit) bytes"
    case .cancelled: "cancelled"
    case .credentials(let why): why
    case .invalid(let why): why
    }
  }
}
