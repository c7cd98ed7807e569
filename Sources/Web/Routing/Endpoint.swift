import HTTPTypes
import HummingbirdCore
import NIOCore

/// One route: what it matches and what answers it.
struct Endpoint: Sendable {
  let method: HTTPRequest.Method
  /// `/v1/services/{id}/history`; a part in braces matches one segment.
  let template: String
  /// The query parameters that it takes.
  var parameters: [String] = []
  let answer: @Sendable (Call) async throws -> Response

  static func get(
    _ template: String, parameters: [String] = [],
    answer: @escaping @Sendable (Call) async throws -> Response
  ) -> Endpoint {
    Endpoint(method: .get, template: template, parameters: parameters, answer: answer)
  }

  static func post(
    _ template: String, answer: @escaping @Sendable (Call) async throws -> Response
  ) -> Endpoint {
    Endpoint(method: .post, template: template, answer: answer)
  }
}

/// A request on its way through an endpoint.
struct Call: Sendable {
  let request: Request
  /// The parts of the path that stand for braces, decoded.
  let path: [String: String]
  let query: Query
  /// Where the connection comes from.
  let address: SocketAddress?

  /// The address that the request comes from, without its port.
  var client: String { address?.ipAddress ?? "unknown" }
}
