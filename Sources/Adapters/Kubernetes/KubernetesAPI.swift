import Domain
import Foundation

/// Reads and patches objects of an API server, with its errors by name.
struct KubernetesAPI: Sendable {
  private let server: String
  private let client: HTTPClient

  static let timeLimit: Duration = .seconds(10)
  private static let pageSize = 500

  init(_ connection: KubernetesConnection) {
    server = connection.server
    client = HTTPClient(connection.options)
  }

  func get<Object: Decodable>(
    _ path: String, as type: Object.Type, deadline: Duration = timeLimit
  ) async throws(CloudError) -> Object {
    try decode(
      type, try await send(.get, path, body: nil, deadline: deadline, retry: RetryPolicy()))
  }

  /// All items of a collection, page by page.
  func list<Item: Decodable & Sendable>(
    _ path: String, of type: Item.Type
  ) async throws(CloudError) -> [Item] {
    var items: [Item] = []
    var token: String?
    repeat {
      let suffix = token.map { "&continue=\(FormEncoding.encode([("", $0)]).dropFirst())" } ?? ""
      let page = try await get(
        "\(path)?limit=\(Self.pageSize)\(suffix)", as: Kubernetes.List<Item>.self)
      items += page.items
      token = page.metadata?.continue.flatMap { $0.isEmpty ? nil : $0 }
    } while token != nil && items.count < 1_000_000
    return items
  }

  /// A merge patch; with a resource version inside it fails with `conflict` if the object has changed.
  func patch<Object: Decodable>(
    _ path: String, _ change: some Encodable, as type: Object.Type, deadline: Duration,
    isDryRun: Bool
  ) async throws(CloudError) -> Object {
    let body = try encode(change)
    let target = isDryRun ? "\(path)?dryRun=All" : path
    return try decode(
      type, try await send(.patch, target, body: body, deadline: deadline, retry: RetryPolicy()))
  }

  func send(
    _ method: HTTPRequest.Method, _ path: String, body: [UInt8]?, deadline: Duration,
    retry: RetryPolicy
  ) async throws(CloudError) -> HTTPResponse {
    var headers = [HTTPHeader("Accept", "application/json")]
    if body != nil {
      headers.append(
        HTTPHeader(
          "Content-Type",
          method == .patch ? "application/merge-patch+json" : "application/json"))
    }
    let response: HTTPResponse
    do throws(HTTPError) {
      response = try await client.send(
        HTTPRequest(method, server + path, headers: headers, body: body, answerLimit: 64 << 20),
        deadline: deadline, retry: retry)
    } catch {
      throw CloudError(error)
    }
    guard response.isSuccess else { throw Self.error(response) }
    return response
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

  private static func error(_ response: HTTPResponse) -> CloudError {
    let status = try? JSONDecoder().decode(Kubernetes.Status.self, from: Data(response.body))
    guard let message = status?.message else { return CloudError.refusal(response) }
    let text = "\(status?.reason ?? "Error"): \(message)"
    switch CloudError.refusal(response) {
    case .unavailable(_, let retryAfter): return .unavailable(text, retryAfter: retryAfter)
    case .denied: return .denied(text)
    case .notFound: return .notFound(text)
    case .conflict: return .conflict(text)
    case .unknownResult: return .unknownResult(text)
    case .malformed: return .malformed(text)
    }
  }
}
