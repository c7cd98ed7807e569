/// The one HTTP client: libcurl on a few threads of its own, so that a slow server never blocks
/// Swift's cooperative threads. Each thread keeps its connections open between requests.
///
/// Redirects are answers, not followed. One client per source or platform: they cannot delay each
/// other.
public final class HTTPClient: Sendable {
  private let options: HTTPOptions
  private let queue: HTTPQueue

  public init(_ options: HTTPOptions = HTTPOptions()) {
    self.options = options
    queue = HTTPQueue(limit: options.connections)
  }

  deinit { queue.close() }

  /// Sends one request once. Answers of any status are returned; the call ends within `deadline`,
  /// the wait for a free connection included, and at once when the task is cancelled.
  public func send(
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
