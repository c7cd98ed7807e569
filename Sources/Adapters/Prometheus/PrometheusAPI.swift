import Domain
import Foundation

/// The two calls of Prometheus' HTTP API that a source needs, sent as form posts because queries may
/// be longer than a URL.
struct PrometheusAPI: Sendable {
  /// Without a slash at its end; a path prefix (`/prometheus`, `/select/0/prometheus`) is kept.
  private let base: String
  private let client: HTTPClient
  /// Bytes of an answer: 10,000 services' values are about one million.
  private static let answerLimit = 16 << 20

  init(url: String, options: HTTPOptions) {
    base = url.hasSuffix("/") ? String(url.dropLast()) : url
    client = HTTPClient(options)
  }

  func query(
    _ query: String, at time: Timestamp, deadline: Duration
  ) async throws(SourceError) -> PrometheusReply {
    try await send(
      "query", [("query", query), ("time", "\(time.seconds)")], deadline: deadline,
      retry: RetryPolicy(attempts: 2))
  }

  /// Both ends are inclusive.
  func range(
    _ query: String, from: Timestamp, to: Timestamp, step: Duration, deadline: Duration
  ) async throws(SourceError) -> PrometheusReply {
    try await send(
      "query_range",
      [
        ("query", query), ("start", "\(from.seconds)"), ("end", "\(to.seconds)"),
        ("step", "\(step.wholeSeconds)"),
      ], deadline: deadline, retry: .never)
  }

  private func send(
    _ call: String, _ fields: [(String, String)], deadline: Duration, retry: RetryPolicy
  ) async throws(SourceError) -> PrometheusReply {
    let seconds = Swift.max(1, Int(deadline.inSeconds.rounded(.up)))
    let form = FormEncoding.encode(fields + [("timeout", "\(seconds)s")])
    let request = HTTPRequest(
      .post, "\(base)/api/v1/\(call)",
      headers: [
        HTTPHeader("Content-Type", "application/x-www-form-urlencoded"),
        HTTPHeader("Accept", "application/json"),
      ], body: Array(form.utf8), answerLimit: Self.answerLimit)
    let response: HTTPResponse
    do throws(HTTPError) {
      response = try await client.send(request, deadline: deadline, retry: retry)
    } catch {
      throw SourceError(error)
    }
    return try PrometheusReply.reading(response)
  }
}
