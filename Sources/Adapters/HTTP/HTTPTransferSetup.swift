import CCurl
import CCurlShim
import Domain
import Foundation

/// Sets the options of one easy handle for one request.
struct HTTPTransferSetup {
  private let handle: UnsafeMutableRawPointer
  private var headerList: UnsafeMutablePointer<curl_slist>?
  private var connectList: UnsafeMutablePointer<curl_slist>?

  init(handle: UnsafeMutableRawPointer) { self.handle = handle }

  func freeLists() {
    curl_slist_free_all(headerList)
    curl_slist_free_all(connectList)
  }

  mutating func apply(
    _ request: HTTPRequest, options: HTTPOptions, timeout: Duration
  ) throws(HTTPError) {
    guard !request.url.utf8.contains(where: { $0 <= 0x20 || $0 == 0x7F }) else {
      throw .invalid("the URL holds a space or a control character")
    }
    let host = try address(request.url, of: options.tls.serverName)
    let version = options.enablesHTTP2 ? CURL_HTTP_VERSION_2TLS : CURL_HTTP_VERSION_1_1
    number(CURLOPT_HTTP_VERSION, Int(version))
    text(CURLOPT_PROTOCOLS_STR, "http,https")
    number(CURLOPT_NOSIGNAL, 1)
    number(CURLOPT_FOLLOWLOCATION, 0)
    number(CURLOPT_NOPROGRESS, 0)
    number(CURLOPT_TIMEOUT_MS, Self.milliseconds(timeout))
    number(CURLOPT_CONNECTTIMEOUT_MS, Self.milliseconds(min(timeout, options.connectTimeout)))
    number(CURLOPT_TCP_KEEPALIVE, 1)
    // On a reused connection that was closed before the answer began, libcurl repeats any request.
    if request.isSentOnce { number(CURLOPT_FRESH_CONNECT, 1) }
    text(CURLOPT_ACCEPT_ENCODING, "gzip, deflate")
    text(CURLOPT_USERAGENT, "scaler")
    try trust(options.tls)
    try refuseInsecureStrangers(request.url, options)
    connect(options)
    body(request)
    var headers = request.headers
    if let host { headers.append(HTTPHeader("Host", host)) }
    try identify(request, options, &headers)
    try list(headers, isSigned: request.signature != nil)
  }

  /// Sets the URL. libcurl checks the certificate for the URL's host, so where another name is to be
  /// shown that becomes the URL's host, and the connection goes to the real one.
  ///
  /// - Returns: the real host for the request's header, where it is not the URL's.
  private mutating func address(_ url: String, of name: String?) throws(HTTPError) -> String? {
    guard let name, var parts = URLComponents(string: url), let host = parts.host,
      parts.scheme?.lowercased() == "https"
    else {
      text(CURLOPT_URL, url)
      return nil
    }
    let port = parts.port ?? 443
    parts.host = name
    guard let named = parts.string else { throw .invalid("`\(name)` is not a server's name") }
    text(CURLOPT_URL, named)
    connectList = curl_slist_append(nil, "::\(host):\(port)")
    scaler_curl_set_list(handle, CURLOPT_CONNECT_TO, connectList)
    return parts.port == nil ? host : "\(host):\(port)"
  }

  private func trust(_ tls: HTTPOptions.TLS) throws(HTTPError) {
    let version = tls.requiresVersion13 ? CURL_SSLVERSION_TLSv1_3 : CURL_SSLVERSION_TLSv1_2
    number(CURLOPT_SSLVERSION, Int(version))
    number(CURLOPT_SSL_VERIFYPEER, tls.insecureSkipVerify ? 0 : 1)
    number(CURLOPT_SSL_VERIFYHOST, tls.insecureSkipVerify ? 0 : 2)
    if let file = tls.caFile { text(CURLOPT_CAINFO, file) }
    if let file = tls.certFile { text(CURLOPT_SSLCERT, file) }
    if let file = tls.keyFile { text(CURLOPT_SSLKEY, file) }
    if let pem = tls.ca { blob(CURLOPT_CAINFO_BLOB, pem) }
    if let pem = tls.cert { blob(CURLOPT_SSLCERT_BLOB, pem) }
    if let pem = tls.key { blob(CURLOPT_SSLKEY_BLOB, try pem.reveal()) }
  }

  private func refuseInsecureStrangers(
    _ url: String, _ options: HTTPOptions
  ) throws(HTTPError) {
    guard options.tls.insecureSkipVerify, options.unixSocket == nil else { return }
    let host = URLComponents(string: url)?.host ?? ""
    guard ["localhost", "127.0.0.1", "::1", "[::1]"].contains(host) else {
      throw .invalid("insecure_skip_verify is for loopback addresses only, not for \(host)")
    }
  }

  private func connect(_ options: HTTPOptions) {
    // Without an explicit empty proxy libcurl reads the environment.
    if let proxy = options.proxyURL {
      text(CURLOPT_PROXY, proxy)
    } else if !options.proxyFromEnvironment {
      text(CURLOPT_PROXY, "")
    }
    if let direct = options.noProxy { text(CURLOPT_NOPROXY, direct) }
    if let socket = options.unixSocket { text(CURLOPT_UNIX_SOCKET_PATH, socket) }
  }

  private func body(_ request: HTTPRequest) {
    if let body = request.body {
      scaler_curl_set_size(handle, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(body.count))
      body.withUnsafeBytes { bytes in
        // Copied by libcurl; an empty body still needs a pointer to be a body.
        let start = bytes.baseAddress.map { UnsafeMutableRawPointer(mutating: $0) }
        if let start {
          pointer(CURLOPT_COPYPOSTFIELDS, start)
        } else {
          text(CURLOPT_COPYPOSTFIELDS, "")
        }
      }
    }
    if request.method != .get || request.body != nil {
      text(CURLOPT_CUSTOMREQUEST, request.method.rawValue)
    }
  }

  private func identify(
    _ request: HTTPRequest, _ options: HTTPOptions, _ headers: inout [HTTPHeader]
  ) throws(HTTPError) {
    for header in options.httpHeaders {
      headers.append(HTTPHeader(header.name, try header.value.reveal()))
    }
    if let signature = request.signature {
      text(CURLOPT_AWS_SIGV4, "aws:amz:\(signature.region):\(signature.service)")
      text(CURLOPT_USERNAME, signature.accessKey)
      text(CURLOPT_PASSWORD, try signature.secretKey.reveal())
      if let token = signature.sessionToken {
        headers.append(HTTPHeader("X-Amz-Security-Token", try token.reveal()))
      }
    } else if let basic = options.basicAuth {
      text(CURLOPT_USERNAME, try basic.username.reveal())
      text(CURLOPT_PASSWORD, try basic.password.reveal())
    } else if let authorization = options.authorization {
      let value = "\(authorization.type) \(try authorization.credentials.reveal())"
      headers.append(HTTPHeader("Authorization", value))
    }
  }

  private mutating func list(_ headers: [HTTPHeader], isSigned: Bool) throws(HTTPError) {
    // An empty Expect keeps libcurl from waiting a second before it sends a long body. But 7.88 counts
    // it among the signed headers and does not send it, which AWS calls a wrong signature.
    var lines = isSigned ? [] : ["Expect:"]
    for header in headers {
      let isSafe =
        !header.name.isEmpty
        && (header.name + header.value).utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
        && !header.name.contains(":")
      guard isSafe else {
        throw .invalid("the header \(header.name.prefix(40)) holds a control character")
      }
      lines.append(header.value.isEmpty ? "\(header.name);" : "\(header.name): \(header.value)")
    }
    for line in lines { headerList = curl_slist_append(headerList, line) ?? headerList }
    scaler_curl_set_list(handle, CURLOPT_HTTPHEADER, headerList)
  }

  func pointer(_ option: CURLoption, _ value: UnsafeMutableRawPointer) {
    scaler_curl_set_pointer(handle, option, value)
  }

  private func text(_ option: CURLoption, _ value: String) {
    scaler_curl_set_text(handle, option, value)
  }

  private func blob(_ option: CURLoption, _ value: String) {
    scaler_curl_set_blob(handle, option, value, value.utf8.count)
  }

  private func number(_ option: CURLoption, _ value: Int) {
    scaler_curl_set_long(handle, option, value)
  }

  /// At least one: zero means "no limit" to libcurl.
  private static func milliseconds(_ duration: Duration) -> Int {
    max(1, Int(min(duration.inSeconds * 1000, 86_400_000)))
  }
}
