import Foundation
import TestSupport
import Testing

@testable import Adapters

/// A moto server with one user, whose rights are those of `deploy/aws/policy.json`, and AWS' own
/// checks of signatures and rights switched on.
struct MotoServer {
  let url: String
  /// The user's keys.
  let keys: AWSCredentials
  private let program: RunningProgram

  /// - Parameter prepare: Makes what the test needs, while nothing is checked yet.
  init(
    prepare: (_ url: String) async throws -> Void
  ) async throws {
    let port = try freePort()
    url = "http://127.0.0.1:\(port)"
    program = try RunningProgram(["moto_server", "-H", "127.0.0.1", "-p", "\(port)"])
    try await waitForServer(url + "/moto-api/data.json")
    try await prepare(url)
    let identity = Self.query(url, "iam", "2010-05-08")
    _ = try await identity.call(
      "CreateUser", [("UserName", "scaler")], deadline: .seconds(30), retry: .never)
    _ = try await identity.call(
      "PutUserPolicy",
      [("UserName", "scaler"), ("PolicyName", "scaler"), ("PolicyDocument", try Self.policy())],
      deadline: .seconds(30), retry: .never)
    let made = try await identity.call(
      "CreateAccessKey", [("UserName", "scaler")], deadline: .seconds(30), retry: .never)
    let key = try #require(made.descend("CreateAccessKeyResult", "AccessKey"))
    keys = AWSCredentials(
      accessKey: try #require(key.text("AccessKeyId")),
      secretKey: .value(try #require(key.text("SecretAccessKey"))))
    // From here on moto checks every signature and right.
    let enforced = try await HTTPClient().send(
      HTTPRequest(
        .post, url + "/moto-api/reset-auth", headers: [HTTPHeader("Content-Type", "text/plain")],
        body: Array("0".utf8)), deadline: .seconds(20))
    try #require(enforced.isSuccess)
  }

  /// As root, while nothing is checked.
  static func query(_ url: String, _ service: String, _ version: String) -> AWSQueryClient {
    AWSQueryClient(caller: caller(url, service), version: version)
  }

  /// As root, while nothing is checked.
  static func json(
    _ url: String, _ service: String, target: String, naming: AWSJSONClient.Naming
  ) -> AWSJSONClient {
    AWSJSONClient(
      caller: caller(url, service), target: target, version: "1.1", naming: naming)
  }

  private static func caller(_ url: String, _ service: String) -> AWSCaller {
    AWSCaller(
      endpoint: url + "/", region: "eu-west-1", service: service,
      credentials: chain(AWSCredentials(accessKey: "test", secretKey: .value("test"))),
      client: HTTPClient())
  }

  static func chain(_ keys: AWSCredentials) -> AWSCredentialChain {
    var environment = ["AWS_ACCESS_KEY_ID": keys.accessKey]
    if case .value(let secret) = keys.secretKey { environment["AWS_SECRET_ACCESS_KEY"] = secret }
    return AWSCredentialChain(
      AWSCredentialPlaces(environment: environment, region: "eu-west-1"), now: { .wallClock })
  }

  /// What we ship, without the parts that moto does not model: resources and conditions. It calls
  /// CloudWatch by the name of its host.
  private static func policy() throws -> String {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("deploy/aws/policy.json")
    let policy = try JSONDecoder().decode(Policy.self, from: Data(contentsOf: file))
    return String(decoding: try JSONEncoder().encode(policy), as: UTF8.self)
  }

  private struct Policy: Codable {
    struct Statement: Codable {
      var effect: String
      var action: [String]
      var resource = "*"

      enum CodingKeys: String, CodingKey {
        case effect = "Effect"
        case action = "Action"
        case resource = "Resource"
      }

      init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        effect = try container.decode(String.self, forKey: .effect)
        action = try container.decode([String].self, forKey: .action).map {
          $0.replacing("cloudwatch:", with: "monitoring:")
        }
      }
    }

    var version: String
    var statement: [Statement]

    enum CodingKeys: String, CodingKey {
      case version = "Version"
      case statement = "Statement"
    }
  }
}
