import Domain

extension CloudError {
  init(_ error: HTTPError) {
    let text = error.description
    switch error {
    case .untrusted, .credentials: self = .denied(text)
    case .invalid: self = .malformed(text)
    case .tooLarge: self = .unknownResult(text)
    case .unreachable: self = .unavailable(text, retryAfter: nil)
    case .timedOut, .broken, .cancelled:
      self = error.mayHaveArrived ? .unknownResult(text) : .unavailable(text, retryAfter: nil)
    }
  }

  /// What a status that is no success means to a command, by the rules that the platforms share.
  static func refusal(_ response: HTTPResponse) -> CloudError {
    let text =
      "\(response.excerpt.isEmpty ? "no text" : response.excerpt) (HTTP \(response.status))"
    switch response.status {
    case 300..<400:
      return .malformed("redirected to \(response.header("Location") ?? "nowhere"), not followed")
    case 401, 403: return .denied(text)
    case 404, 410: return .notFound(text)
    case 409, 412: return .conflict(text)
    case 408, 429, 503:
      return .unavailable(text, retryAfter: response.retryAfter(now: .wallClock))
    case 500...599: return .unknownResult(text)
    default: return .malformed(text)
    }
  }
}
