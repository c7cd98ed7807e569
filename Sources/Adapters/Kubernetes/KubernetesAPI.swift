import Domain
import Foundation

/// Reads and writes objects of an API server, with its errors by name and within the rate that a
/// client may call it.
struct KubernetesAPI: Sendable {
  private let server: String
  private let session: KubernetesSession
  private let limiter: CallLimiter

  static let timeLimit: Duration = .seconds(10)
  private static let pageSize = 500
  /// Who wrote a field, for whoever looks at the object.
  private static let manager = "scaler"

  /// client-go's custom of controllers: 20 calls per second, 30 at once.
  static let allowance = TokenBucket(rate: 20, burst: 30)

  init(
    _ connection: KubernetesConnection,
    limiter: CallLimiter = CallLimiter(allowance)
  ) {
    server = connection.server
    session = KubernetesSession(connection)
    self.limiter = limiter
  }

  func get<Object: Decodable & Sendable>(
    _ path: String, as type: Object.Type, deadline: Duration = timeLimit
  ) async throws(CloudError) -> Object {
    try decode(
      type, try await send(.get, path, body: nil, deadline: deadline, retry: RetryPolicy()))
  }

  /// All items of a collection, page by page.
  func list<Item: Decodable & Sendable>(
    _ path: String, selecting selector: String? = nil, of type: Item.Type
  ) async throws(CloudError) -> [Item] {
    var items: [Item] = []
    var token: String?
    repeat {
      var fields = [("limit", "\(Self.pageSize)")]
      if let selector { fields.append(("labelSelector", selector)) }
      if let token { fields.append(("continue", token)) }
      let page = try await get(
        "\(path)?\(FormEncoding.encode(fields))", as: Kubernetes.List<Item>.self)
      items += page.items
      token = page.metadata?.continue.flatMap { $0.isEmpty ? nil : $0 }
    } while token != nil && items.count < 1_000_000
    return items
  }

  /// A merge patch; with a resource version inside it fails with `conflict` if the object has changed.
  func patch<Object: Decodable & Sendable>(
    _ path: String, _ change: some Encodable, as type: Object.Type, purpose: CallPurpose,
    deadline: Duration, isDryRun: Bool
  ) async throws(CloudError) -> Object {
    let body = try encode(change)
    let target = "\(path)?\(isDryRun ? "dryRun=All&" : "")fieldManager=\(Self.manager)"
    return try decode(
      type,
      try await send(
        .patch, target, body: body, purpose: purpose, deadline: deadline, retry: .writes))
  }

  /// One call with its repetitions, all of them within `deadline`.
  func send(
    _ method: HTTPRequest.Method, _ path: String, body: [UInt8]?, purpose: CallPurpose = .reading,
    deadline: Duration, retry: RetryPolicy
  ) async throws(CloudError) -> HTTPResponse {
    guard await limiter.acquire(purpose, deadline: deadline) else {
      throw .unavailable("the API server's share of calls is used up", retryAfter: nil)
    }
    return try await retry.run(deadline: deadline) { left throws(CloudError) in
      let isSentOnce = !retry.repeatsUnknown
      let response = try await attempt(method, path, body, isSentOnce, deadline: left)
      guard response.status == 401, await session.renew() else {
        return try Self.checked(response)
      }
      return try Self.checked(
        try await attempt(method, path, body, isSentOnce, deadline: left))
    }
  }

  private func attempt(
    _ method: HTTPRequest.Method, _ path: String, _ body: [UInt8]?, _ isSentOnce: Bool,
    deadline: Duration
  ) async throws(CloudError) -> HTTPResponse {
    var headers = [HTTPHeader("Accept", "application/json")]
    if body != nil {
      headers.append(
        HTTPHeader(
          "Content-Type",
          method == .patch ? "application/merge-patch+json" : "application/json"))
    }
    let client = try await session.currentClient()
    do throws(HTTPError) {
      return try await client.send(
        HTTPRequest(
          method, server + path, headers: headers, body: body, answerLimit: 64 << 20,
          isSentOnce: isSentOnce), deadline: deadline)
    } catch {
      throw CloudError(error)
    }
  }

  func encode(_ object: some Encodable) throws(CloudError) -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    do {
      return [UInt8](try encoder.encode(object))
    } catch {
      throw .malformed("the object cannot be written")
    }
  }

  func decode<Object: Decodable>(
    _ type: Object.Type, _ response: HTTPResponse
  ) throws(CloudError) -> Object {
    do {
      return try JSONDecoder().decode(type, from: Data(response.body))
    } catch {
      throw .malformed("the answer is not what Kubernetes writes: \(response.excerpt)")
    }
  }

  private static func checked(_ response: HTTPResponse) throws(CloudError) -> HTTPResponse {
    guard !response.isSuccess else { return response }
    let status = try? JSONDecoder().decode(Kubernetes.Status.self, from: Data(response.body))
    guard let message = status?.message else { throw CloudError.refusal(response) }
    let text = "\(status?.reason ?? "Error"): \(message)"
    switch CloudError.refusal(response) {
    case .unavailable(_, let retryAfter): throw .unavailable(text, retryAfter: retryAfter)
    case .denied: throw .denied(text)
    case .notFound: throw .notFound(text)
    case .conflict: throw .conflict(text)
    case .unknownResult: throw .unknownResult(text)
    case .malformed: throw .malformed(text)
    }
  }
}
