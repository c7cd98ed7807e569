import Foundation
import HTTPTypes
import HummingbirdCore

/// All routes, found by method and path.
///
/// A list of its own instead of the framework's tree, so that a wrong method is told from a wrong
/// path and names what is allowed, that a service's name may hold an escaped slash, and that the
/// same list is checked against the OpenAPI document.
struct RouteTable: Sendable {
  private struct Entry: Sendable {
    let segments: [Substring]
    let endpoint: Endpoint
  }

  let endpoints: [Endpoint]
  private let entries: [Entry]
  /// Those that take a body and match one path, by it: where measurements come in.
  private let posts: [String: Endpoint]

  init(_ endpoints: [Endpoint]) {
    self.endpoints = endpoints
    entries = endpoints.map {
      Entry(segments: Self.segments(of: $0.template), endpoint: $0)
    }
    posts = Dictionary(
      endpoints.filter { $0.method == .post && !$0.template.contains("{") }
        .map { ($0.template, $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// - Parameters:
  ///   - path: still percent-encoded.
  /// - Throws: 404 where no template fits, 405 where one does with another method.
  func match(_ method: HTTPRequest.Method, path: String)
    throws(Problem) -> (endpoint: Endpoint, parameters: [String: String])
  {
    if method == .post, let endpoint = posts[path] { return (endpoint, [:]) }
    let segments = Self.segments(of: path)
    // Bodies are left out by the caller; what is read is the same.
    let wanted = method == .head ? HTTPRequest.Method.get : method
    var allowed: [String] = []
    for entry in entries {
      guard let parameters = Self.parameters(of: segments, as: entry.segments) else { continue }
      if entry.endpoint.method == wanted { return (entry.endpoint, parameters) }
      allowed.append(entry.endpoint.method.rawValue)
      if entry.endpoint.method == .get { allowed.append("HEAD") }
    }
    if allowed.isEmpty { throw .notFound(path: path) }
    throw .methodNotAllowed(method.rawValue, allowed: allowed)
  }

  private static func segments(of path: String) -> [Substring] {
    path.split(separator: "/", omittingEmptySubsequences: false)
  }

  private static func parameters(of segments: [Substring], as template: [Substring])
    -> [String: String]?
  {
    guard segments.count == template.count else { return nil }
    var parameters: [String: String] = [:]
    for (segment, pattern) in zip(segments, template) {
      if pattern.first == "{" {
        guard !segment.isEmpty, let value = String(segment).removingPercentEncoding else {
          return nil
        }
        parameters[String(pattern.dropFirst().dropLast())] = value
      } else if segment != pattern {
        return nil
      }
    }
    return parameters
  }
}
