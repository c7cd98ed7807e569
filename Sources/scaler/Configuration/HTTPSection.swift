import Adapters
import Domain
import Foundation

/// The HTTP options of a source or cloud, under Prometheus' own names.
enum HTTPSection {
  static let keys = [
    "basic_auth", "authorization", "tls_config", "proxy_url", "no_proxy", "proxy_from_environment",
    "http_headers",
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
    if let tls = try section["tls_config"]?
      .section(["ca_file", "cert_file", "key_file", "insecure_skip_verify", "min_version"])
    {
      func path(_ key: String) throws -> String? {
        try tls[key].map { ServeConfiguration.path(try $0.text(), relativeTo: file) }
      }
      options.tls.caFile = try path("ca_file")
      options.tls.certFile = try path("cert_file")
      options.tls.keyFile = try path("key_file")
      options.tls.insecureSkipVerify = try tls["insecure_skip_verify"]?.flag() ?? false
      options.tls.requiresVersion13 = try tls["min_version"]?.text() == "TLS13"
    }
    options.proxyURL = try section["proxy_url"]?.text()
    options.noProxy = try section["no_proxy"]?.text()
    options.proxyFromEnvironment = try section["proxy_from_environment"]?.flag() ?? false
    options.httpHeaders =
      try section["http_headers"]?.named().map { name, field in
        HTTPOptions.SecretHeader(name, try value(field, relativeTo: file))
      } ?? []
    return options
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
