import HTTPTypes
import HummingbirdCore

/// What every answer tells the browser.
enum SecurityHeaders {
  /// Everything from this server only; no inline script or style, no frame around it.
  static let contentSecurityPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    + "img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"

  private static let fields: [HTTPField] = [
    HTTPField(name: .contentSecurityPolicy, value: contentSecurityPolicy),
    HTTPField(name: .xContentTypeOptions, value: "nosniff"),
    HTTPField(name: name("Referrer-Policy"), value: "no-referrer"),
    HTTPField(name: name("Cross-Origin-Resource-Policy"), value: "same-origin"),
    HTTPField(name: name("Cross-Origin-Opener-Policy"), value: "same-origin"),
  ]

  static func add(to response: inout Response) {
    response.headers.append(contentsOf: fields)
    if !response.headers.contains(.cacheControl) {
      response.headers.append(HTTPField(name: .cacheControl, value: "no-store"))
    }
  }

  private static func name(_ name: String) -> HTTPField.Name {
    guard let field = HTTPField.Name(name) else {
      preconditionFailure("\(name) is not a header name")
    }
    return field
  }
}
