import Domain

/// Calls actions of an AWS service that speaks the query protocol: a signed form post, an XML answer.
struct AWSQueryClient: Sendable {
  let caller: AWSCaller
  let version: String

  func call(
    _ action: String, _ fields: [(String, String)], deadline: Duration, retry: RetryPolicy
  ) async throws(CloudError) -> XMLElement {
    let form = FormEncoding.encode([("Action", action), ("Version", version)] + fields)
    let header = HTTPHeader("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
    return try await caller.call(
      headers: [header], body: Array(form.utf8), deadline: deadline, retry: retry
    ) { response throws(CloudError) in
      let answer = XMLElement.parse(response.body)
      guard response.isSuccess else { throw Self.error(response, answer) }
      guard let answer else { throw .unknownResult("the answer to \(action) is not XML") }
      return answer
    }
  }

  private static func error(_ response: HTTPResponse, _ answer: XMLElement?) -> CloudError {
    guard let error = answer?.child("Error") ?? answer?.descend("Errors", "Error"),
      let code = error.text("Code")
    else { return CloudError.refusal(response) }
    return AWSFailure.error(code: code, message: error.text("Message") ?? "", response: response)
  }
}
