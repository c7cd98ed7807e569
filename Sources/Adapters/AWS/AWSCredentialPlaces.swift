/// Where the keys are looked for, as the environment and the machine say.
public struct AWSCredentialPlaces: Sendable {
  public var environment: [String: String]
  /// The shared credentials file and profile.
  public var profileFile: String
  public var profile: String
  /// The instance metadata service; nil does not ask it.
  public var metadataURL: String?
  /// STS, for web identities.
  public var tokenServiceURL: String
  /// Where relative container URIs lead.
  public var containerURL = "http://169.254.170.2"

  /// As the AWS tools look: `AWS_PROFILE`, `AWS_SHARED_CREDENTIALS_FILE`, `AWS_EC2_METADATA_DISABLED`
  /// and `AWS_EC2_METADATA_SERVICE_ENDPOINT` are obeyed.
  public init(environment: [String: String], region: String) {
    self.environment = environment
    let home = environment["HOME"] ?? "/root"
    profileFile = environment["AWS_SHARED_CREDENTIALS_FILE"] ?? "\(home)/.aws/credentials"
    profile = environment["AWS_PROFILE"] ?? "default"
    let isDisabled = environment["AWS_EC2_METADATA_DISABLED"]?.lowercased() == "true"
    let metadata = environment["AWS_EC2_METADATA_SERVICE_ENDPOINT"] ?? "http://169.254.169.254"
    metadataURL = isDisabled ? nil : metadata
    tokenServiceURL = "https://sts.\(region).amazonaws.com/"
  }
}
