/// The one HTTP client: libcurl on a few threads of its own, so that a slow server never blocks
/// Swift's cooperative threads. Each thread keeps its connections open between requests.
///
/// Redirects are answers, not followed. One client per source or platform: they cannot delay each
/// other.
public final class HTTPClient: Sendable {
  private let options: HTTPOptions
  private let queue: HTTPQueue
  private let token: OAuth2Token?

  public init(_ options: HTTPOptions = HTTPOptions()) {
    self.options = options
    queue = HTTPQueue(limit: options.connections)
    token = options.oauth2.map { OAuth2Token($0, options: options) }
  }

  deinit { queue.close() }

  /// Sends one request once. Answers of any status are returned; the call ends within `deadline`,
  /// the wait for a free connection included, and at once when the task is cancelled. With `oauth2`, a
  /// request that is refused for its token is sent again with a new one.
  public func send(
    _ request: HTTPRequest, deadline: Duration
  ) async throws(HTTPError) -> HTTPResponse {
    guard let token else { return try await transfer(request, deadline: deadline) }
    let end = ContinuousClock.now + deadline
    let first = try await token.current(deadline: deadline)
    let response = try await transfer(request.authorized(first), deadline: end - .now)
    guard response.status == 401 else { return response }
    await token.forget(first)
    let second = try await token.current(deadline: end - .now)
    return try await transfer(request.authorized(second), deadline: end - .now)
  }

  private func transfer(
    _ request: HTTPRequest, deadline: Duration
  ) async throws(HTTPError) -> HTTPResponse {
    let job = HTTPJob(request, options: options, deadline: .now + deadline)
    let result = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        job.wait(continuation)
        queue.add(job)
      }
    } onCancel: {
      job.cancel()
    }
    return try result.get()
  }
}

extension HTTPRequest {
  fileprivate func authorized(_ token: String) -> HTTPRequest {
    var request = self
    request.headers.append(HTTPHeader("Authorization", "Bearer \(token)"))
    return request
  }
}
