import Adapters
import Domain
import Foundation

/// The HTTP options of a source or cloud, under Prometheus' own names.
enum HTTPSection {
  static let keys = [
    "basic_auth", "authorization", "oauth2", "tls_config", "proxy_url", "no_proxy",
    "proxy_from_environment", "http_headers", "follow_redirects", "enable_http2",
  ]

  static func options(_ section: YAMLSection, relativeTo file: String) throws -> HTTPOptions {
    var options = HTTPOptions()
    let basic = try section["basic_auth"]?
      .section(["username", "username_file", "password", "password_file"])
    if let basic {
      options.basicAuth = HTTPOptions.BasicAuth(
        username: try secret(basic, "username", relativeTo: file),
        password: try secret(basic, "password", relativeTo: file))
    }
    let authorization = try section["authorization"]?
      .section(["type", "credentials", "credentials_file"])
    if let authorization {
      guard options.basicAuth == nil else {
        throw section.field.refusal("has both `basic_auth` and `authorization`")
      }
      options.authorization = HTTPOptions.Authorization(
        type: try authorization["type"]?.text() ?? "Bearer",
        credentials: try secret(authorization, "credentials", relativeTo: file))
    }
    if let field = section["oauth2"] {
      guard options.basicAuth == nil, options.authorization == nil else {
        throw field.refusal("cannot be combined with `basic_auth` or `authorization`")
      }
      options.oauth2 = try oauth2(field, relativeTo: file)
    }
    options.tls =
      try section["tls_config"].map { try tls($0, relativeTo: file) } ?? HTTPOptions.TLS()
    options.proxyURL = try section["proxy_url"]?.text()
    options.noProxy = try section["no_proxy"]?.text()
    options.proxyFromEnvironment = try section["proxy_from_environment"]?.flag() ?? false
    options.httpHeaders =
      try section["http_headers"]?.named().flatMap { name, field in
        try values(field, relativeTo: file).map { HTTPOptions.SecretHeader(name, $0) }
      } ?? []
    options.enablesHTTP2 = try section["enable_http2"]?.flag() ?? true
    if let field = section["follow_redirects"], try field.flag() {
      throw field.refusal("must be false: redirects are not followed, name the final URL")
    }
    return options
  }

  private static func oauth2(
    _ field: YAMLField, relativeTo file: String
  ) throws -> HTTPOptions.OAuth2 {
    let section = try field.section([
      "client_id", "client_secret", "client_secret_file", "token_url", "scopes",
      "endpoint_params", "tls_config",
    ])
    var settings = HTTPOptions.OAuth2(
      clientID: try section.required("client_id").text(),
      clientSecret: try secret(section, "client_secret", relativeTo: file),
      tokenURL: try section.required("token_url").url())
    settings.scopes = try section["scopes"]?.list().map { try $0.text() } ?? []
    settings.endpointParameters =
      try section["endpoint_params"]?.named().map { HTTPHeader($0.name, try $0.field.text()) } ?? []
    settings.tls = try section["tls_config"].map { try tls($0, relativeTo: file) }
    return settings
  }

  private static func tls(_ field: YAMLField, relativeTo file: String) throws -> HTTPOptions.TLS {
    let section = try field.section([
      "ca", "ca_file", "cert", "cert_file", "key", "key_file", "server_name",
      "insecure_skip_verify", "min_version", "max_version",
    ])
    func path(_ key: String) throws -> String? {
      guard let field = section["\(key)_file"] else { return nil }
      guard section[key] == nil else { throw field.refusal("stands beside `\(key)`: name one") }
      return ServeConfiguration.path(try field.text(), relativeTo: file)
    }
    var tls = HTTPOptions.TLS()
    tls.caFile = try path("ca")
    tls.certFile = try path("cert")
    tls.keyFile = try path("key")
    tls.ca = try section["ca"].map { try Environment.expanded($0) }
    tls.cert = try section["cert"].map { try Environment.expanded($0) }
    tls.key = try section["key"].map { .value(try Environment.expanded($0)) }
    tls.serverName = try section["server_name"]?.text()
    tls.insecureSkipVerify = try section["insecure_skip_verify"]?.flag() ?? false
    if let field = section["min_version"] {
      guard let version = ["TLS12": false, "TLS13": true][try field.text()] else {
        throw field.refusal("is TLS12 (the default) or TLS13: older ones are not spoken")
      }
      tls.requiresVersion13 = version
    }
    if let field = section["max_version"], try field.text() != "TLS13" {
      throw field.refusal("can only be TLS13: a newer version is never refused")
    }
    return tls
  }

  /// `key` or `key_file` of a section, one of the two.
  static func secret(
    _ section: YAMLSection, _ key: String, relativeTo file: String
  ) throws -> Secret {
    switch (section[key], section[key + "_file"]) {
    case (let field?, nil): return .value(try Environment.expanded(field))
    case (nil, let field?):
      return .file(ServeConfiguration.path(try field.text(), relativeTo: file))
    default: throw section.field.refusal("needs either `\(key)` or `\(key)_file`")
    }
  }

  /// A header's values: a text, or Prometheus' `{ values: […], secrets: […], files: [path, …] }`.
  private static func values(_ field: YAMLField, relativeTo file: String) throws -> [Secret] {
    if field.isScalar { return [.value(try Environment.expanded(field))] }
    let section = try field.section(["files", "secrets", "values"])
    let texts = try ["values", "secrets"].flatMap { try section[$0]?.list() ?? [] }
      .map { Secret.value(try Environment.expanded($0)) }
    let files = try section["files"]?.list().map {
      Secret.file(ServeConfiguration.path(try $0.text(), relativeTo: file))
    }
    let all = texts + (files ?? [])
    guard !all.isEmpty else { throw field.refusal("needs `values`, `secrets` or `files`") }
    return all
  }
}

/// `${NAME}` in a value stands for an environment variable, so that no secret is in a file.
enum Environment {
  static func expanded(_ field: YAMLField) throws -> String {
    var text = try field.text()
    while let open = text.range(of: "${"),
      let close = text.range(of: "}", range: open.upperBound..<text.endIndex)
    {
      let name = String(text[open.upperBound..<close.lowerBound])
      guard let value = ProcessInfo.processInfo.environment[name] else {
        throw field.refusal("names the environment variable \(name), which is not set")
      }
      text.replaceSubrange(open.lowerBound..<close.upperBound, with: value)
    }
    return text
  }
}
