import Domain
import Foundation

/// Signs messages as Standard Webhooks 1.0 says: `v1,` and the base64 of HMAC-SHA256 over
/// `id.timestamp.body`, with the key behind `whsec_`.
struct WebhookSignature: Sendable {
  private let secret: Secret

  init(_ secret: Secret) { self.secret = secret }

  func headers(
    id: String, time: Timestamp, body: [UInt8]
  ) throws(HTTPError) -> [HTTPHeader] {
    let text = try secret.reveal()
    let encoded = text.hasPrefix("whsec_") ? String(text.dropFirst(6)) : text
    guard let key = Data(base64Encoded: encoded), key.count >= 16 else {
      throw .credentials("the webhook secret is not whsec_ and base64 of at least 16 bytes")
    }
    let signed = Array("\(id).\(time.seconds).".utf8) + body
    let code = Data(SHA256.authenticate(signed, key: [UInt8](key))).base64EncodedString()
    return [
      HTTPHeader("webhook-id", id), HTTPHeader("webhook-timestamp", "\(time.seconds)"),
      HTTPHeader("webhook-signature", "v1,\(code)"),
    ]
  }
}
