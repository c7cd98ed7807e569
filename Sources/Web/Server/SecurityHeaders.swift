import HTTPTypes
import Hummingbird

/// What every answer tells the browser.
enum SecurityHeaders {
  /// Everything from this server only; no inline script or style, no frame around it.
  static let contentSecurityPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    + "img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"

  static func add(to response: inout Response) {
    response.headers[.contentSecurityPolicy] = contentSecurityPolicy
    response.headers[.xContentTypeOptions] = "nosniff"
    response.headers[fieldNamed("Referrer-Policy")] = "no-referrer"
    response.headers[fieldNamed("Cross-Origin-Resource-Policy")] = "same-origin"
    response.headers[fieldNamed("Cross-Origin-Opener-Policy")] = "same-origin"
    if response.headers[.cacheControl] == nil {
      response.headers[.cacheControl] = "no-store"
    }
  }

  private static func fieldNamed(_ name: String) -> HTTPField.Name {
    guard let field = HTTPField.Name(name) else {
      preconditionFailure("\(name) is not a header name")
    }
    return field
  }
}
