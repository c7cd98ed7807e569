import HTTPTypes
import HummingbirdCore
import NIOCore

/// Reads the body of a request that brings measurements, within limits that are checked before
/// anything is kept.
struct IngestBody: Sendable {
  /// Bytes as they are sent.
  let limit: Int

  /// The whole body.
  ///
  /// - Throws: 413 for more than the limit (before it is read where the length is announced), 400 for
  ///   a body that breaks off.
  func collected(_ request: Request) async throws(Problem) -> ByteBuffer {
    if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > limit {
      throw .tooLarge(limit: limit)
    }
    do {
      return try await request.body.collect(upTo: limit)
    } catch is NIOTooManyBytesError {
      throw .tooLarge(limit: limit)
    } catch {
      throw .brokenBody
    }
  }

  /// The media type without its parameters, in lower case.
  static func mediaType(of request: Request) -> String {
    let sent = request.headers[.contentType] ?? ""
    let type = sent.utf8.prefix { $0 != UInt8(ascii: ";") }.filter { $0 != UInt8(ascii: " ") }
    return String(decoding: type, as: UTF8.self).lowercased()
  }

  /// - Throws: 415 for a body in a coding that is not `coding`.
  static func check(_ request: Request, coding: String) throws(Problem) {
    let sent = request.headers[.contentEncoding]?.lowercased() ?? "identity"
    guard sent == coding else {
      throw .unsupportedMedia("Content-Encoding \(sent) is not taken here; \(coding) is.")
    }
  }
}

extension Problem {
  init(_ failure: IngestFailure) {
    switch failure {
    case .overloaded:
      self.init(
        status: .tooManyRequests, code: "overloaded", title: "More than the disk takes",
        detail: "Nothing of this request was stored; send it again in a second.")
      headers[.retryAfter] = "1"
    case .full:
      self.init(
        status: .init(code: 507, reasonPhrase: "Insufficient Storage"), code: "disk-full",
        title: "The disk is full",
        detail: "Nothing of this request was stored; send it again once there is space.")
      headers[.retryAfter] = "60"
    }
  }

  static let tooManySeries: Problem = {
    var problem = Problem(
      status: .tooManyRequests, code: "too-many-series", title: "Too many new series",
      detail: "New series of services that are not configured are not taken from this address any "
        + "more; those that are known were stored.")
    problem.headers[.retryAfter] = "60"
    return problem
  }()
}
