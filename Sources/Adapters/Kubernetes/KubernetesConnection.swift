public import Domain
import Foundation

/// Where an API server is and how to be let in.
public struct KubernetesConnection: Sendable {
  /// Without a slash at its end.
  public var server: String
  public var options: HTTPOptions
  /// Gives the credentials, if the kubeconfig says so.
  var plugin: KubernetesCredentialPlugin?

  public init(server: String, options: HTTPOptions = HTTPOptions()) {
    self.server = server.hasSuffix("/") ? String(server.dropLast()) : server
    self.options = options
  }

  private static let account = "/var/run/secrets/kubernetes.io/serviceaccount"

  /// The connection of a pod: address from the environment, token and CA from the mounted service
  /// account. The token is read at each request, because it rotates. Nil outside of a pod.
  public init?(environment: [String: String], accountFolder: String? = nil) {
    let folder = accountFolder ?? Self.account
    guard let host = environment["KUBERNETES_SERVICE_HOST"],
      let port = environment["KUBERNETES_SERVICE_PORT"]
    else { return nil }
    var options = HTTPOptions()
    options.authorization = .init(credentials: .file("\(folder)/token"))
    options.tls.caFile = "\(folder)/ca.crt"
    let name = host.contains(":") ? "[\(host)]" : host
    self.init(server: "https://\(name):\(port)", options: options)
  }

  /// The connection of a decoded kubeconfig's context; nil takes the current one. Certificates and
  /// keys may be files or base64 inside the document; an `exec` plugin is run when credentials are
  /// first needed and when they have ended.
  ///
  /// - Parameters:
  ///   - folder: The kubeconfig's own, where its relative paths begin.
  ///   - now: Tells when a plugin's credentials end; the wall's clock unless given.
  /// - Throws: `HTTPError.credentials` naming what is missing or not supported.
  public init(
    _ config: Kubeconfig, context name: String? = nil, folder: String? = nil,
    now: (@Sendable () -> Timestamp)? = nil
  ) throws(HTTPError) {
    func path(_ file: String?) -> String? {
      guard let file, let folder, !file.hasPrefix("/") else { return file }
      return "\(folder)/\(file)"
    }
    guard let wanted = name ?? config.currentContext,
      let context = config.contexts.first(where: { $0.name == wanted })?.context,
      let cluster = config.clusters.first(where: { $0.name == context.cluster })?.cluster
    else { throw .credentials("the kubeconfig has no complete context \(name ?? "")") }
    let user = config.users.first { $0.name == context.user }?.user
    var options = HTTPOptions()
    options.proxyURL = cluster.proxyURL
    options.tls.insecureSkipVerify = cluster.insecureSkipTLSVerify ?? false
    options.tls.caFile = path(cluster.certificateAuthority)
    options.tls.ca = try Self.decoded(
      cluster.certificateAuthorityData, "certificate-authority-data")
    options.tls.certFile = path(user?.clientCertificate)
    options.tls.cert = try Self.decoded(user?.clientCertificateData, "client-certificate-data")
    options.tls.keyFile = path(user?.clientKey)
    options.tls.key = try Self.decoded(user?.clientKeyData, "client-key-data").map { .value($0) }
    if let token = user?.token {
      options.authorization = .init(credentials: .value(token))
    } else if let file = path(user?.tokenFile) {
      options.authorization = .init(credentials: .file(file))
    }
    self.init(server: cluster.server, options: options)
    plugin = try user?.exec.map { plugin throws(HTTPError) in
      try KubernetesCredentialPlugin(
        plugin, cluster: cluster, folder: folder, now: now ?? { .wallClock })
    }
  }

  private static func decoded(
    _ base64: String?, _ key: String
  ) throws(HTTPError) -> String? {
    guard let base64 else { return nil }
    guard let data = Data(base64Encoded: base64, options: .ignoreUnknownCharacters) else {
      throw .credentials("the kubeconfig's \(key) is not base64")
    }
    return String(decoding: data, as: UTF8.self)
  }
}

/// The parts of a kubeconfig that are understood; decode it from YAML or JSON.
public struct Kubeconfig: Decodable, Sendable {
  var currentContext: String?
  var clusters: [NamedCluster]
  var contexts: [NamedContext]
  var users: [NamedUser]

  enum CodingKeys: String, CodingKey {
    case currentContext = "current-context"
    case clusters, contexts, users
  }

  struct NamedCluster: Decodable {
    var name: String
    var cluster: Cluster
  }

  struct Cluster: Decodable {
    var server: String
    var certificateAuthority: String?
    var certificateAuthorityData: String?
    var insecureSkipTLSVerify: Bool?
    var proxyURL: String?

    enum CodingKeys: String, CodingKey {
      case server
      case certificateAuthority = "certificate-authority"
      case certificateAuthorityData = "certificate-authority-data"
      case insecureSkipTLSVerify = "insecure-skip-tls-verify"
      case proxyURL = "proxy-url"
    }
  }

  struct NamedContext: Decodable {
    var name: String
    var context: Context
  }

  struct Context: Decodable {
    var cluster: String
    var user: String
  }

  struct NamedUser: Decodable {
    var name: String
    var user: User
  }

  struct Plugin: Decodable {
    struct Variable: Decodable {
      var name: String
      var value: String
    }

    var apiVersion: String?
    var command: String
    var args: [String]?
    var env: [Variable]?
    var installHint: String?
    var provideClusterInfo: Bool?
  }

  struct User: Decodable {
    var token: String?
    var tokenFile: String?
    var clientCertificate: String?
    var clientCertificateData: String?
    var clientKey: String?
    var clientKeyData: String?
    var exec: Plugin?

    enum CodingKeys: String, CodingKey {
      case token, tokenFile, exec
      case clientCertificate = "client-certificate"
      case clientCertificateData = "client-certificate-data"
      case clientKey = "client-key"
      case clientKeyData = "client-key-data"
    }
  }
}
