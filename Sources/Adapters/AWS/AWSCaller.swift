import Domain

/// Signs calls to one AWS service and sends them, again where that can help: after throttling with
/// growing pauses, after keys ran out with fresh ones. A write of unknown fate is not repeated
/// before the platform was read.
struct AWSCaller: Sendable {
  let endpoint: String
  let region: String
  /// The signing name, such as `autoscaling`.
  let service: String
  let credentials: AWSCredentialChain
  let client: HTTPClient

  func call<Answer: Sendable>(
    headers: [HTTPHeader], body: [UInt8], deadline: Duration, retry: RetryPolicy,
    answer: @Sendable (HTTPResponse) throws(CloudError) -> Answer
  ) async throws(CloudError) -> Answer {
    let renewed = Renewal()
    return try await retry.run(deadline: deadline) { left throws(CloudError) in
      do throws(CloudError) {
        return try answer(try await send(headers, body, retry, deadline: left))
      } catch {
        guard AWSFailure.isExpiry(error), await renewed.isFirst() else { throw error }
        await credentials.forget()
        return try answer(try await send(headers, body, retry, deadline: left))
      }
    }
  }

  private func send(
    _ headers: [HTTPHeader], _ body: [UInt8], _ retry: RetryPolicy, deadline: Duration
  ) async throws(CloudError) -> HTTPResponse {
    let keys = try await credentials.credentials()
    let request = HTTPRequest(
      .post, endpoint, headers: headers, body: body,
      signature: keys.signature(region: region, service: service),
      isSentOnce: !retry.repeatsUnknown)
    do throws(HTTPError) {
      return try await client.send(request, deadline: deadline)
    } catch {
      throw CloudError(error)
    }
  }

  /// Keys are renewed once per call: keys that are refused again are wrong.
  private actor Renewal {
    private var isSpent = false

    func isFirst() -> Bool {
      defer { isSpent = true }
      return !isSpent
    }
  }

  /// Where a service answers in a region.
  static func url(of service: String, in region: String) -> String {
    let domain = region.hasPrefix("cn-") ? "amazonaws.com.cn" : "amazonaws.com"
    return "https://\(service).\(region).\(domain)/"
  }
}
