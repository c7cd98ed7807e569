import Domain

/// What AWS' error codes mean to a command. Codes tell kinds of failure apart; statuses alone say
/// little. The same kinds have different codes in different services.
enum AWSFailure {
  static func error(
    code: String, message: String, response: HTTPResponse
  ) -> CloudError {
    let text = message.isEmpty ? code : "\(code): \(message)"
    switch code {
    case "Throttling", "ThrottlingException", "TooManyRequestsException", "RequestLimitExceeded",
      "ServiceUnavailable", "ServiceUnavailableException", "ResourceContention",
      "ScalingActivityInProgress", "ResourceInUse", "ConcurrentUpdateException",
      "InsufficientInstanceCapacity", "InsufficientCapacity":
      return .unavailable(text, retryAfter: response.retryAfter(now: .wallClock))
    case "AccessDenied", "AccessDeniedException", "AuthFailure", "ExpiredToken",
      "ExpiredTokenException", "IncompleteSignature", "IncompleteSignatureException",
      "InvalidClientTokenId", "InvalidSignatureException", "MissingAuthenticationToken",
      "MissingAuthenticationTokenException", "OptInRequired", "RequestExpired",
      "SignatureDoesNotMatch", "UnauthorizedOperation", "UnrecognizedClientException":
      return .denied(text)
    case "ClusterNotFoundException", "ServiceNotFoundException", "ServiceNotActiveException",
      "ObjectNotFoundException", "ResourceNotFoundException":
      return .notFound(text)
    case "ValidationError" where message.lowercased().contains("not found"): return .notFound(text)
    case "InternalFailure", "InternalError", "ServerException", "InternalServiceException",
      "InternalServerError":
      return .unknownResult(text)
    default: return response.status >= 500 ? .unknownResult(text) : .malformed(text)
    }
  }

  /// Whether fresh keys may help where these were refused.
  static func isExpiry(_ error: CloudError) -> Bool {
    guard case .denied(let text) = error else { return false }
    return text.hasPrefix("ExpiredToken") || text.hasPrefix("RequestExpired")
  }
}
