import Domain

/// Calls actions of an AWS service that speaks the query protocol: a signed form post, an XML answer.
struct AWSQueryClient: Sendable {
  let endpoint: String
  let region: String
  /// The signing name, such as `autoscaling`.
  let service: String
  let version: String
  let credentials: @Sendable () async throws(CloudError) -> AWSCredentials
  let client: HTTPClient

  func call(
    _ action: String, _ fields: [(String, String)], deadline: Duration, retry: RetryPolicy
  ) async throws(CloudError) -> XMLElement {
    let keys = try await credentials()
    let form = FormEncoding.encode([("Action", action), ("Version", version)] + fields)
    let request = HTTPRequest(
      .post, endpoint,
      headers: [
        HTTPHeader("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
      ], body: Array(form.utf8),
      signature: keys.signature(region: region, service: service))
    let response: HTTPResponse
    do throws(HTTPError) {
      response = try await client.send(request, deadline: deadline, retry: retry)
    } catch {
      throw CloudError(error)
    }
    let answer = XMLElement.parse(response.body)
    guard response.isSuccess else { throw Self.error(response, answer) }
    guard let answer else { throw .unknownResult("the answer to \(action) is not XML") }
    return answer
  }

  /// AWS tells kinds of failure apart by code; statuses alone say little.
  private static func error(_ response: HTTPResponse, _ answer: XMLElement?) -> CloudError {
    guard let error = answer?.child("Error") ?? answer?.descend("Errors", "Error"),
      let code = error.text("Code")
    else { return CloudError.refusal(response) }
    let message = error.text("Message") ?? ""
    let text = "\(code): \(message)"
    switch code {
    case "Throttling", "ThrottlingException", "RequestLimitExceeded", "ServiceUnavailable",
      "ResourceContention", "ScalingActivityInProgress", "ResourceInUse":
      return .unavailable(text, retryAfter: response.retryAfter(now: .wallClock))
    case "AccessDenied", "AccessDeniedException", "AuthFailure", "ExpiredToken",
      "ExpiredTokenException", "IncompleteSignature", "InvalidClientTokenId",
      "MissingAuthenticationToken", "OptInRequired", "RequestExpired", "SignatureDoesNotMatch",
      "UnauthorizedOperation":
      return .denied(text)
    case "ValidationError" where message.lowercased().contains("not found"): return .notFound(text)
    case "InternalFailure", "InternalError": return .unknownResult(text)
    default: return response.status >= 500 ? .unknownResult(text) : .malformed(text)
    }
  }
}
