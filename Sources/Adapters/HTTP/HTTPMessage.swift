/// One request. The URL is used as it stands: whoever builds it has percent-encoded it.
public struct HTTPRequest: Sendable {
  public enum Method: String, Sendable {
    case get = "GET"
    case post = "POST"
    case put = "PUT"
    case patch = "PATCH"
    case delete = "DELETE"
  }

  public var method: Method
  public var url: String
  public var headers: [HTTPHeader]
  public var body: [UInt8]?
  /// The longest body that is taken as an answer, after decompression.
  public var answerLimit: Int
  /// Signs the request with AWS Signature Version 4; needs a URL without percent escapes.
  public var signature: AWSSignature?
  /// Whether it must not reach the server twice, whatever breaks. It then gets a connection of its
  /// own, because on a kept one that turns out to be dead a request is sent again unasked.
  public var isSentOnce: Bool

  public init(
    _ method: Method, _ url: String, headers: [HTTPHeader] = [], body: [UInt8]? = nil,
    answerLimit: Int = 16 << 20, signature: AWSSignature? = nil, isSentOnce: Bool = false
  ) {
    self.method = method
    self.url = url
    self.headers = headers
    self.body = body
    self.answerLimit = answerLimit
    self.signature = signature
    self.isSentOnce = isSentOnce
  }
}

public struct HTTPHeader: Sendable, Equatable {
  public var name: String
  public var value: String

  public init(_ name: String, _ value: String) {
    self.name = name
    self.value = value
  }
}

/// What libcurl needs to sign a request for AWS.
public struct AWSSignature: Sendable, Equatable {
  public var region: String
  /// The service's signing name, such as `autoscaling`.
  public var service: String
  public var accessKey: String
  public var secretKey: Secret
  public var sessionToken: Secret?

  public init(
    region: String, service: String, accessKey: String, secretKey: Secret, sessionToken: Secret?
  ) {
    self.region = region
    self.service = service
    self.accessKey = accessKey
    self.secretKey = secretKey
    self.sessionToken = sessionToken
  }
}

public struct HTTPResponse: Sendable, Equatable {
  public var status: Int
  /// In the order received; names as the server writes them.
  public var headers: [HTTPHeader]
  public var body: [UInt8]

  public init(status: Int, headers: [HTTPHeader] = [], body: [UInt8] = []) {
    self.status = status
    self.headers = headers
    self.body = body
  }

  public var isSuccess: Bool { (200..<300).contains(status) }

  /// The first header of that name, whatever its case.
  public func header(_ name: String) -> String? {
    let wanted = name.lowercased()
    return headers.first { $0.name.lowercased() == wanted }?.value
  }

  public var text: String { String(decoding: body, as: UTF8.self) }

  /// At most 200 characters of the body in one line, for messages.
  public var excerpt: String {
    let line = text.prefix(200).map { $0.isNewline || $0 == "\t" ? " " : $0 }
    return String(line) + (body.count > 200 ? "…" : "")
  }
}
