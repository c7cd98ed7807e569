public import Domain
import Foundation

/// Finds keys in the order that operators expect: environment, shared profile, web identity,
/// container endpoint, instance metadata (version 2 only). Temporary ones are renewed five minutes
/// before they end; while renewing fails, the old ones serve until their end.
public actor AWSCredentialChain {
  private let places: AWSCredentialPlaces
  private let now: @Sendable () -> Timestamp
  private let client = HTTPClient()
  private var current: AWSCredentials?

  private static let margin: Duration = .seconds(300)
  private static let timeLimit: Duration = .seconds(5)

  public init(_ places: AWSCredentialPlaces, now: @escaping @Sendable () -> Timestamp) {
    self.places = places
    self.now = now
  }

  /// - Throws: `denied` naming every place that was looked at.
  public func credentials() async throws(CloudError) -> AWSCredentials {
    if let current {
      guard let expiry = current.expiry, now() + Self.margin >= expiry else { return current }
    }
    var complaints: [String] = []
    for find in [fromEnvironment, fromProfile] {
      if let found = find() {
        current = found
        return found
      }
    }
    for (place, find) in [
      ("web identity", fromWebIdentity), ("container endpoint", fromContainer),
      ("instance metadata", fromInstance),
    ] {
      do throws(HTTPError) {
        if let found = try await find() {
          current = found
          return found
        }
      } catch {
        complaints.append("\(place): \(error)")
      }
    }
    if let current, let expiry = current.expiry, now() < expiry { return current }
    let tried = complaints.isEmpty ? "" : " (\(complaints.joined(separator: "; ")))"
    throw .denied(
      "no AWS credentials in the environment, \(places.profileFile), or from the machine\(tried)")
  }

  /// Looks everywhere again at the next call: somebody refused the keys.
  func forget() { current = nil }

  private func fromEnvironment() -> AWSCredentials? {
    let variables = places.environment
    guard let key = variables["AWS_ACCESS_KEY_ID"], !key.isEmpty,
      let secret = variables["AWS_SECRET_ACCESS_KEY"], !secret.isEmpty
    else { return nil }
    let token = variables["AWS_SESSION_TOKEN"].flatMap { $0.isEmpty ? nil : $0 }
    return AWSCredentials(
      accessKey: key, secretKey: .value(secret), sessionToken: token.map { .value($0) })
  }

  private func fromProfile() -> AWSCredentials? {
    guard let data = FileManager.default.contents(atPath: places.profileFile) else { return nil }
    var section = ""
    var keys: [String: String] = [:]
    for line in String(decoding: data, as: UTF8.self).split(whereSeparator: \.isNewline) {
      let text = line.trimmingCharacters(in: .whitespaces)
      if text.hasPrefix("["), text.hasSuffix("]") {
        section = text.dropFirst().dropLast().trimmingCharacters(in: .whitespaces)
      } else if section == places.profile, let equals = text.firstIndex(of: "=") {
        let name = text[..<equals].trimmingCharacters(in: .whitespaces)
        keys[name] = text[text.index(after: equals)...].trimmingCharacters(in: .whitespaces)
      }
    }
    guard let key = keys["aws_access_key_id"], let secret = keys["aws_secret_access_key"] else {
      return nil
    }
    return AWSCredentials(
      accessKey: key, secretKey: .value(secret),
      sessionToken: keys["aws_session_token"].map { .value($0) })
  }

  private func fromWebIdentity() async throws(HTTPError) -> AWSCredentials? {
    let variables = places.environment
    guard let file = variables["AWS_WEB_IDENTITY_TOKEN_FILE"],
      let role = variables["AWS_ROLE_ARN"]
    else { return nil }
    let token = try Secret.file(file).reveal()
    let form = FormEncoding.encode([
      ("Action", "AssumeRoleWithWebIdentity"), ("Version", "2011-06-15"), ("RoleArn", role),
      ("RoleSessionName", variables["AWS_ROLE_SESSION_NAME"] ?? "scaler"),
      ("WebIdentityToken", token),
    ])
    let response = try await client.send(
      HTTPRequest(
        .post, places.tokenServiceURL,
        headers: [HTTPHeader("Content-Type", "application/x-www-form-urlencoded")],
        body: Array(form.utf8)), deadline: Self.timeLimit)
    let found = XMLElement.parse(response.body)?
      .descend("AssumeRoleWithWebIdentityResult", "Credentials")
    guard response.isSuccess, let found, let key = found.text("AccessKeyId"),
      let secret = found.text("SecretAccessKey"), let session = found.text("SessionToken")
    else { throw .credentials("STS refused the web identity (HTTP \(response.status))") }
    return AWSCredentials(
      accessKey: key, secretKey: .value(secret), sessionToken: .value(session),
      expiry: found.text("Expiration").flatMap(Timestamp.init(rfc3339:)))
  }

  private func fromContainer() async throws(HTTPError) -> AWSCredentials? {
    let variables = places.environment
    let relative = variables["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"]
      .map { places.containerURL + $0 }
    guard let url = relative ?? variables["AWS_CONTAINER_CREDENTIALS_FULL_URI"] else { return nil }
    var headers: [HTTPHeader] = []
    if let file = variables["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"] {
      headers.append(HTTPHeader("Authorization", try Secret.file(file).reveal()))
    } else if let token = variables["AWS_CONTAINER_AUTHORIZATION_TOKEN"] {
      headers.append(HTTPHeader("Authorization", token))
    }
    let response = try await client.send(
      HTTPRequest(.get, url, headers: headers), deadline: Self.timeLimit)
    return try Self.temporary(response)
  }

  private func fromInstance() async throws(HTTPError) -> AWSCredentials? {
    guard let base = places.metadataURL else { return nil }
    let token = try await metadata(
      HTTPRequest(
        .put, "\(base)/latest/api/token",
        headers: [HTTPHeader("X-aws-ec2-metadata-token-ttl-seconds", "300")], body: []))
    let headers = [HTTPHeader("X-aws-ec2-metadata-token", token.text)]
    let path = "\(base)/latest/meta-data/iam/security-credentials/"
    let roles = try await metadata(HTTPRequest(.get, path, headers: headers))
    guard let role = roles.text.split(whereSeparator: \.isNewline).first else { return nil }
    return try Self.temporary(
      try await metadata(HTTPRequest(.get, path + role, headers: headers)))
  }

  private func metadata(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
    // Outside of AWS nobody answers, which must not take long.
    let response = try await client.send(request, deadline: .seconds(1))
    guard response.isSuccess else {
      throw .credentials("the metadata service refused (HTTP \(response.status))")
    }
    return response
  }

  private struct Temporary: Decodable {
    var accessKey: String
    var secretKey: String
    var token: String
    var expiry: Timestamp

    enum CodingKeys: String, CodingKey {
      case accessKey = "AccessKeyId"
      case secretKey = "SecretAccessKey"
      case token = "Token"
      case expiry = "Expiration"
    }

    var credentials: AWSCredentials {
      AWSCredentials(
        accessKey: accessKey, secretKey: .value(secretKey), sessionToken: .value(token),
        expiry: expiry)
    }
  }

  private static func temporary(_ response: HTTPResponse) throws(HTTPError) -> AWSCredentials {
    guard response.isSuccess,
      let found = try? JSONDecoder().decode(Temporary.self, from: Data(response.body))
    else { throw .credentials("the answer holds no credentials (HTTP \(response.status))") }
    return found.credentials
  }
}
