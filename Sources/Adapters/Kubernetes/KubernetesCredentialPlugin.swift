import Domain
import Foundation

/// A kubeconfig's `exec` plugin: a program that prints an `ExecCredential`
/// (`client.authentication.k8s.io`), such as `aws eks get-token`. What it printed serves until the
/// end that it names, or until the server refuses it.
actor KubernetesCredentialPlugin {
  struct Credential: Decodable, Sendable, Equatable {
    var token: String?
    /// PEM.
    var clientCertificateData: String?
    var clientKeyData: String?
    var expirationTimestamp: Timestamp?
  }

  private struct Answer: Decodable {
    var kind: String
    var status: Credential?
  }

  private let program: Program
  private let hint: String
  private let now: @Sendable () -> Timestamp
  private var current: Credential?

  private static let timeLimit: Duration = .seconds(30)
  /// Nobody should send a credential that ends on the way.
  private static let margin: Duration = .seconds(10)

  init(
    _ plugin: Kubeconfig.Plugin, cluster: Kubeconfig.Cluster, folder: String?,
    now: @escaping @Sendable () -> Timestamp
  ) throws(HTTPError) {
    var command = plugin.command
    // Like a path in a shell, but beginning at the kubeconfig.
    if command.contains("/"), !command.hasPrefix("/"), let folder {
      command = "\(folder)/\(command)"
    }
    var environment: [String: String] = [:]
    for variable in plugin.env ?? [] { environment[variable.name] = variable.value }
    environment["KUBERNETES_EXEC_INFO"] = try Self.input(plugin, cluster)
    program = Program(
      arguments: [command] + (plugin.args ?? []), answerLimit: 1 << 20, environment: environment)
    hint = plugin.installHint.map { "; \($0)" } ?? ""
    self.now = now
  }

  func credential() async throws(CloudError) -> Credential {
    if let current {
      guard let end = current.expirationTimestamp, now() + Self.margin >= end else {
        return current
      }
    }
    let output: Program.Output
    do throws(Program.Failure) {
      output = try await program.run([], timeLimit: Self.timeLimit)
    } catch {
      switch error {
      case .doesNotStart(let why): throw .denied("the credential plugin: \(why)\(hint)")
      case .timedOut: throw .denied("the credential plugin did not end in time")
      case .tooLong: throw .denied("the credential plugin wrote too much")
      }
    }
    guard output.status == 0 else {
      throw .denied(
        "the credential plugin ended with status \(output.status): "
          + String(output.complaints.suffix(200)))
    }
    let answer = try? JSONDecoder().decode(Answer.self, from: Data(output.answer))
    guard let answer, answer.kind == "ExecCredential", let found = answer.status,
      found.token != nil || (found.clientCertificateData != nil && found.clientKeyData != nil)
    else { throw .denied("the credential plugin printed no credential") }
    current = found
    return found
  }

  func forget() { current = nil }

  /// What the plugin is told: nobody can be asked anything, and the cluster if it wants to know.
  private static func input(
    _ plugin: Kubeconfig.Plugin, _ cluster: Kubeconfig.Cluster
  ) throws(HTTPError) -> String {
    struct Input: Encodable {
      struct Cluster: Encodable {
        var server: String
        var certificateAuthorityData: String?

        enum CodingKeys: String, CodingKey {
          case server
          case certificateAuthorityData = "certificate-authority-data"
        }
      }

      struct Spec: Encodable {
        var interactive = false
        var cluster: Cluster?
      }

      var apiVersion: String
      var kind = "ExecCredential"
      var spec: Spec
    }
    let told =
      plugin.provideClusterInfo == true
      ? Input.Cluster(
        server: cluster.server, certificateAuthorityData: cluster.certificateAuthorityData) : nil
    let input = Input(
      apiVersion: plugin.apiVersion ?? "client.authentication.k8s.io/v1", spec: .init(cluster: told)
    )
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    guard let data = try? encoder.encode(input) else {
      throw .credentials("the credential plugin's input cannot be written")
    }
    return String(decoding: data, as: UTF8.self)
  }
}
