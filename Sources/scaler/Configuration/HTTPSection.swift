import Adapters
import Domain
import Foundation

/// The HTTP options of a source or cloud, under Prometheus' own names.
enum HTTPSection {
  static let keys = [
    "basic_auth", "authorization", "oauth2", "tls_config", "proxy_url", "no_proxy",
    "proxy_from_environment", "http_headers",
  ]

  static func options(_ section: YAMLSection, relativeTo file: String) throws -> HTTPOptions {
    var options = HTTPOptions()
    if let basic = try section["basic_auth"]?.section(["username", "password", "password_file"]) {
      options.basicAuth = HTTPOptions.BasicAuth(
        username: try basic.required("username").text(),
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
      try section["http_headers"]?.named().map { name, field in
        HTTPOptions.SecretHeader(name, try value(field, relativeTo: file))
      } ?? []
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
      "ca_file", "cert_file", "key_file", "insecure_skip_verify", "min_version",
    ])
    func path(_ key: String) throws -> String? {
      try section[key].map { ServeConfiguration.path(try $0.text(), relativeTo: file) }
    }
    var tls = HTTPOptions.TLS()
    tls.caFile = try path("ca_file")
    tls.certFile = try path("cert_file")
    tls.keyFile = try path("key_file")
    tls.insecureSkipVerify = try section["insecure_skip_verify"]?.flag() ?? false
    tls.requiresVersion13 = try section["min_version"]?.text() == "TLS13"
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

  /// A header's value: a text, or Prometheus' `{ files: [path] }` or `{ secrets: [text] }`.
  private static func value(_ field: YAMLField, relativeTo file: String) throws -> Secret {
    if field.isScalar { return .value(try Environment.expanded(field)) }
    let section = try field.section(["files", "secrets", "values"])
    if let path = try section["files"]?.list().first {
      return .file(ServeConfiguration.path(try path.text(), relativeTo: file))
    }
    guard let text = try (section["secrets"] ?? section["values"])?.list().first else {
      throw field.refusal("needs `values`, `secrets` or `files`")
    }
    return .value(try Environment.expanded(text))
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
