import HTTPTypes
import HummingbirdCore
import NIOCore

/// An answer that something is wrong: RFC 9457, `application/problem+json`.
struct Problem: Error {
  let status: HTTPResponse.Status
  /// Stable, for programs: `unknown-service`. Part of `type`.
  let code: String
  /// What the kind of problem is, for people.
  let title: String
  /// What is wrong with this request.
  let detail: String
  var members: [JSON.Member] = []
  var headers = HTTPFields()
  /// Whether the connection ends with the answer (the rest of the request is not worth reading).
  var closes = false

  /// The type is a URN, because it names the problem and there is nothing to fetch.
  var json: JSON {
    .object(
      [
        JSON.Member(name: "type", value: .string("urn:scaler:problem:" + code)),
        JSON.Member(name: "title", value: .string(title)),
        JSON.Member(name: "status", value: .integer(Int64(status.code))),
        JSON.Member(name: "detail", value: .string(detail)),
      ] + members)
  }

  var response: Response {
    var headers = headers
    headers[.contentType] = "application/problem+json"
    if closes { headers[.connection] = "close" }
    return Response(
      status: status, headers: headers, body: .init(byteBuffer: ByteBuffer(string: json.text)))
  }
}

extension Problem {
  static func notFound(path: String) -> Problem {
    Problem(
      status: .notFound, code: "no-such-route", title: "No such route",
      detail: "There is nothing at \(path); /openapi.json lists what there is.")
  }

  static func methodNotAllowed(_ method: String, allowed: [String]) -> Problem {
    var problem = Problem(
      status: .methodNotAllowed, code: "method-not-allowed", title: "Method not allowed",
      detail: "\(method) is not possible here; \(allowed.joined(separator: ", ")) is.")
    problem.headers[.allow] = allowed.joined(separator: ", ")
    return problem
  }

  static func unknownService(_ name: String) -> Problem {
    Problem(
      status: .notFound, code: "unknown-service", title: "Unknown service",
      detail: "No service named \"\(name)\" is configured; /v1/services lists those that are.")
  }

  static func badQuery(_ parameter: String, _ detail: String) -> Problem {
    Problem(
      status: .badRequest, code: "bad-query", title: "Bad query", detail: detail,
      members: [JSON.Member(name: "parameter", value: .string(parameter))])
  }

  static func badBody(_ error: JSONError) -> Problem {
    Problem(
      status: .badRequest, code: "bad-json", title: "Not the expected JSON",
      detail: "At byte \(error.offset): \(error.reason).",
      members: [JSON.Member(name: "offset", value: .integer(Int64(error.offset)))])
  }

  static func tooLarge(limit: Int) -> Problem {
    Problem(
      status: .contentTooLarge, code: "body-too-large", title: "Body too large",
      detail: "At most \(limit) bytes are taken in one request; send several.",
      members: [JSON.Member(name: "limit", value: .integer(Int64(limit)))], closes: true)
  }

  /// The framing of the body is wrong, so what follows on the connection means nothing.
  static let brokenBody = Problem(
    status: .badRequest, code: "broken-body", title: "Broken body",
    detail: "The body ended early or its chunks are malformed.", closes: true)

  static func unsupportedMedia(_ detail: String) -> Problem {
    Problem(
      status: .unsupportedMediaType, code: "unsupported-media-type",
      title: "Unsupported media type", detail: detail, closes: true)
  }

  static func unavailable(_ detail: String) -> Problem {
    var problem = Problem(
      status: .serviceUnavailable, code: "unavailable", title: "Cannot answer now",
      detail: detail)
    problem.headers[.retryAfter] = "5"
    return problem
  }
}
