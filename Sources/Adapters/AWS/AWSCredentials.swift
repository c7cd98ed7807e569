public import Domain

/// Keys for AWS; temporary ones carry a token and an end.
public struct AWSCredentials: Sendable, Equatable {
  public var accessKey: String
  public var secretKey: Secret
  public var sessionToken: Secret?
  /// When they end; nil for keys that do not.
  public var expiry: Timestamp?

  public init(
    accessKey: String, secretKey: Secret, sessionToken: Secret? = nil, expiry: Timestamp? = nil
  ) {
    self.accessKey = accessKey
    self.secretKey = secretKey
    self.sessionToken = sessionToken
    self.expiry = expiry
  }

  func signature(region: String, service: String) -> AWSSignature {
    AWSSignature(
      region: region, service: service, accessKey: accessKey, secretKey: secretKey,
      sessionToken: sessionToken)
  }
}
