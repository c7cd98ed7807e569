import Domain

/// The client for an API server, with the credentials of the moment.
actor KubernetesSession {
  private let connection: KubernetesConnection
  private var client: HTTPClient
  private var credential: KubernetesCredentialPlugin.Credential?

  init(_ connection: KubernetesConnection) {
    self.connection = connection
    client = HTTPClient(connection.options)
  }

  func currentClient() async throws(CloudError) -> HTTPClient {
    guard let plugin = connection.plugin else { return client }
    let new = try await plugin.credential()
    guard new != credential else { return client }
    credential = new
    var options = connection.options
    if let token = new.token { options.authorization = .init(credentials: .value(token)) }
    if let certificate = new.clientCertificateData, let key = new.clientKeyData {
      options.tls.cert = certificate
      options.tls.key = .value(key)
    }
    // Connections that were made with older credentials end with their client.
    client = HTTPClient(options)
    return client
  }

  /// The server refused who we are. Whether another attempt may do better: a plugin can be asked
  /// again, and a token's file is read at each use anyway.
  func renew() async -> Bool {
    guard let plugin = connection.plugin else { return false }
    await plugin.forget()
    return true
  }
}
