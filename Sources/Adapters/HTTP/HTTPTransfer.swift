import CCurl
import CCurlShim
import Foundation

/// One easy handle of libcurl. It keeps its connections, TLS sessions and DNS answers between
/// requests and must be used by one thread at a time.
final class HTTPTransfer {
  private let handle: UnsafeMutableRawPointer

  /// Global initialisation happens once and is not thread-safe in older versions. With NOSIGNAL, which
  /// threads need, libcurl leaves SIGPIPE to us, and OpenSSL writes to closed connections with it.
  private static let isInitialised: Bool = {
    signal(SIGPIPE, SIG_IGN)
    return curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK
  }()

  init?() {
    guard Self.isInitialised, let handle = curl_easy_init() else { return nil }
    self.handle = handle
  }

  deinit { curl_easy_cleanup(handle) }

  /// Performs the request on the calling thread, at most for `timeout`.
  func perform(
    _ request: HTTPRequest, options: HTTPOptions, timeout: Duration,
    isCancelled: @escaping @Sendable () -> Bool
  ) throws(HTTPError) -> HTTPResponse {
    let answer = HTTPAnswer(
      limit: request.answerLimit, forbidsLinkLocal: options.forbidsLinkLocal,
      isCancelled: isCancelled)
    curl_easy_reset(handle)
    var setup = HTTPTransferSetup(handle: handle)
    defer { setup.freeLists() }
    try setup.apply(request, options: options, timeout: timeout)
    let context = Unmanaged.passUnretained(answer).toOpaque()
    setup.pointer(CURLOPT_WRITEDATA, context)
    setup.pointer(CURLOPT_HEADERDATA, context)
    setup.pointer(CURLOPT_XFERINFODATA, context)
    setup.pointer(CURLOPT_PREREQDATA, context)
    scaler_curl_set_bytes_callback(handle, CURLOPT_WRITEFUNCTION) { bytes, size, count, context in
      HTTPAnswer.from(context)?.takeBody(bytes, size * count) ?? 0
    }
    scaler_curl_set_bytes_callback(handle, CURLOPT_HEADERFUNCTION) { bytes, size, count, context in
      HTTPAnswer.from(context)?.takeHeader(bytes, size * count) ?? 0
    }
    scaler_curl_set_progress_callback(handle) { context, _, _, _, _ in
      HTTPAnswer.from(context)?.isCancelled() == false ? 0 : 1
    }
    scaler_curl_set_connected_callback(handle) { context, address, _, _, _ in
      guard let address, let answer = HTTPAnswer.from(context) else { return 1 }
      return answer.allows(address: String(cString: address)) ? 0 : 1
    }
    let code = withExtendedLifetime(answer) { curl_easy_perform(handle) }
    guard code == CURLE_OK else { throw failure(code, answer) }
    var status = 0
    scaler_curl_get_long(handle, CURLINFO_RESPONSE_CODE, &status)
    return HTTPResponse(status: status, headers: answer.headers, body: answer.body)
  }

  private func failure(_ code: CURLcode, _ answer: HTTPAnswer) -> HTTPError {
    var requestSize = 0
    scaler_curl_get_long(handle, CURLINFO_REQUEST_SIZE, &requestSize)
    let sent = requestSize > 0
    let why = String(cString: curl_easy_strerror(code))
    switch code {
    case CURLE_OPERATION_TIMEDOUT: return .timedOut(sent: sent)
    case CURLE_WRITE_ERROR where answer.isTooLarge: return .tooLarge(limit: answer.limit)
    case CURLE_ABORTED_BY_CALLBACK:
      if let address = answer.forbiddenAddress {
        return .untrusted("\(address) is a link-local address")
      }
      return .cancelled(sent: sent)
    case CURLE_URL_MALFORMAT,
      CURLE_UNSUPPORTED_PROTOCOL where !sent:
      return .invalid("the URL is not one of http or https")
    case CURLE_COULDNT_RESOLVE_HOST: return .unreachable("the host name is not known")
    case CURLE_COULDNT_RESOLVE_PROXY: return .unreachable("the proxy's host name is not known")
    case CURLE_COULDNT_CONNECT: return .unreachable("the connection was refused or lost its way")
    case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE, CURLE_SSL_CERTPROBLEM,
      CURLE_SSL_CONNECT_ERROR, CURLE_SSL_CIPHER, CURLE_SSL_ISSUER_ERROR:
      return .untrusted(why)
    // An answer that is no HTTP counts as an unsupported protocol there.
    case CURLE_UNSUPPORTED_PROTOCOL: return .broken("the answer is not HTTP", sent: sent)
    default: return .broken(why, sent: sent)
    }
  }
}

/// What arrives during one transfer.
private final class HTTPAnswer {
  let limit: Int
  let isCancelled: @Sendable () -> Bool
  private let forbidsLinkLocal: Bool
  private(set) var headers: [HTTPHeader] = []
  private(set) var body: [UInt8] = []
  private(set) var isTooLarge = false
  private(set) var forbiddenAddress: String?

  /// A server that sends headers without end is cut off here.
  private static let headerLimit = 1000

  init(limit: Int, forbidsLinkLocal: Bool, isCancelled: @escaping @Sendable () -> Bool) {
    self.limit = limit
    self.forbidsLinkLocal = forbidsLinkLocal
    self.isCancelled = isCancelled
  }

  static func from(_ context: UnsafeMutableRawPointer?) -> HTTPAnswer? {
    context.map { Unmanaged<HTTPAnswer>.fromOpaque($0).takeUnretainedValue() }
  }

  /// Returns the bytes taken; fewer than given aborts the transfer.
  func takeBody(_ bytes: UnsafeMutablePointer<CChar>?, _ count: Int) -> Int {
    guard let bytes else { return 0 }
    guard body.count + count <= limit else {
      isTooLarge = true
      return 0
    }
    body.append(contentsOf: UnsafeRawBufferPointer(start: bytes, count: count))
    return count
  }

  func takeHeader(_ bytes: UnsafeMutablePointer<CChar>?, _ count: Int) -> Int {
    guard let bytes, headers.count < Self.headerLimit else { return 0 }
    let line = String(decoding: UnsafeRawBufferPointer(start: bytes, count: count), as: UTF8.self)
    if line.hasPrefix("HTTP/") {
      // The headers of an interim answer or of a proxy do not belong to the answer.
      headers.removeAll()
    } else if let colon = line.firstIndex(of: ":") {
      headers.append(
        HTTPHeader(
          String(line[..<colon]),
          line[line.index(after: colon)...].trimmingCharacters(in: .whitespacesAndNewlines)))
    }
    return count
  }

  func allows(address: String) -> Bool {
    guard forbidsLinkLocal, LinkLocalAddress.matches(address) else { return true }
    forbiddenAddress = address
    return false
  }
}
