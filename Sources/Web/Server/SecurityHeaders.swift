import HTTPTypes
import Hummingbird

/// What every answer tells the browser.
enum SecurityHeaders {
  /// Everything from this server only; no inline script or style, no frame around it.
  static let contentSecurityPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    + "img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"

  private static let fields: [HTTPField] = [
    HTTPField(name: .contentSecurityPolicy, value: contentSecurityPolicy),
    HTTPField(name: .xContentTypeOptions, value: "nosniff"),
    HTTPField(name: named("Referrer-Policy"), value: "no-referrer"),
    HTTPField(name: named("Cross-Origin-Resource-Policy"), value: "same-origin"),
    HTTPField(name: named("Cross-Origin-Opener-Policy"), value: "same-origin"),
  ]

  /// No answer of an endpoint has any of these already.
  static func add(to response: inout Response) {
    response.headers.append(contentsOf: fields)
    if response.headers[.cacheControl] == nil {
      response.headers.append(HTTPField(name: .cacheControl, value: "no-store"))
    }
  }

  private static func named(_ name: String) -> HTTPField.Name {
    guard let field = HTTPField.Name(name) else {
      preconditionFailure("\(name) is not a header name")
    }
    return field
  }
}
