/// How a client connects and who it says it is; the fields carry Prometheus' own names for these
/// options, in Swift's spelling.
public struct HTTPOptions: Sendable, Equatable {
  public var basicAuth: BasicAuth?
  public var authorization: Authorization?
  /// A token that a server hands out for a secret.
  public var oauth2: OAuth2?
  public var tls = TLS()
  /// Sent with every request; secrets are read at each use.
  public var httpHeaders: [SecretHeader] = []
  /// `http://`, `https://` or `socks5://`; nil connects directly.
  public var proxyURL: String?
  /// Hosts that are reached directly, comma-separated.
  public var noProxy: String?
  /// Take proxies from `https_proxy`, `http_proxy` and `no_proxy`.
  public var proxyFromEnvironment = false
  /// Talk to this socket instead of the URL's host and port.
  public var unixSocket: String?
  /// How long a connection may take to be established.
  public var connectTimeout: Duration = .seconds(5)
  /// Refuse to talk to link-local addresses, where cloud machines keep their credentials: for URLs
  /// that somebody else writes.
  public var forbidsLinkLocal = false
  /// Whether HTTP/2 is used where the server offers it.
  public var enablesHTTP2 = true
  /// Requests in flight at most; each has a thread of its own, started when first needed.
  public var connections = 4

  public init() {}

  public struct BasicAuth: Sendable, Equatable {
    public var username: Secret
    public var password: Secret

    public init(username: Secret, password: Secret) {
      self.username = username
      self.password = password
    }
  }

  public struct SecretHeader: Sendable, Equatable {
    public var name: String
    public var value: Secret

    public init(_ name: String, _ value: Secret) {
      self.name = name
      self.value = value
    }
  }

  public struct Authorization: Sendable, Equatable {
    public var type: String
    public var credentials: Secret

    public init(type: String = "Bearer", credentials: Secret) {
      self.type = type
      self.credentials = credentials
    }
  }

  /// The client credentials grant of RFC 6749.
  public struct OAuth2: Sendable, Equatable {
    public var clientID: String
    public var clientSecret: Secret
    public var tokenURL: String
    public var scopes: [String] = []
    /// Sent to the token's URL as they are.
    public var endpointParameters: [HTTPHeader] = []
    /// For the token's URL; as everywhere else if nil.
    public var tls: TLS?

    public init(clientID: String, clientSecret: Secret, tokenURL: String) {
      self.clientID = clientID
      self.clientSecret = clientSecret
      self.tokenURL = tokenURL
    }
  }

  public struct TLS: Sendable, Equatable {
    /// A PEM bundle instead of the system's.
    public var caFile: String?
    /// The client certificate and its key, PEM.
    public var certFile: String?
    public var keyFile: String?
    /// The same as PEM text instead of files.
    public var ca: String?
    public var cert: String?
    public var key: Secret?
    /// What the server's certificate has to be for, and what is asked for in the greeting, instead of
    /// the URL's host.
    public var serverName: String?
    /// Take any certificate. Obeyed for loopback addresses only, refused for all others.
    public var insecureSkipVerify = false
    /// TLS 1.2 unless it has to be 1.3.
    public var requiresVersion13 = false

    public init() {}
  }
}
