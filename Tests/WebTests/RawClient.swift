import Foundation

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// An HTTP client of bare sockets: it can also send what no proper client would.
struct RawClient: Sendable {
  let port: Int

  struct Answer: Sendable {
    let status: Int
    /// Names in lower case.
    let headers: [String: String]
    let body: String

    var json: [String: Any] {
      (try? JSONSerialization.jsonObject(with: Data(body.utf8))) as? [String: Any] ?? [:]
    }
  }

  func get(_ path: String, method: String = "GET", headers: [String] = []) async throws -> Answer {
    try await exchange(head(method, path, headers + ["Connection: close"]))
  }

  func post(
    _ path: String, _ body: String, type: String = "application/json", headers: [String] = []
  ) async throws -> Answer {
    let fields =
      ["Content-Type: \(type)", "Content-Length: \(body.utf8.count)", "Connection: close"]
    return try await exchange(head("POST", path, headers + fields) + body)
  }

  func post(
    _ path: String, bytes: [UInt8], type: String, headers: [String] = []
  ) async throws -> Answer {
    let fields = ["Content-Type: \(type)", "Content-Length: \(bytes.count)", "Connection: close"]
    let raw = try await send([Array(head("POST", path, headers + fields).utf8), bytes])
    return try Self.parse(raw)
  }

  func head(_ method: String, _ path: String, _ headers: [String]) -> String {
    let host = headers.contains { $0.hasPrefix("Host:") } ? [] : ["Host: 127.0.0.1:\(port)"]
    return (["\(method) \(path) HTTP/1.1"] + host + headers).joined(separator: "\r\n")
      + "\r\n\r\n"
  }

  /// Sends the text and reads until the server closes.
  func exchange(_ text: String) async throws -> Answer {
    let raw = try await send([text])
    return try Self.parse(raw)
  }

  /// Sends the parts one after the other, as far as the server takes them, and returns everything
  /// that it sent before it closed. The sockets block, so they have a thread of their own: the
  /// server needs the shared ones.
  func send(_ parts: [String], pause: Double = 0) async throws -> [UInt8] {
    try await send(parts.map { Array($0.utf8) }, pause: pause)
  }

  private func send(_ parts: [[UInt8]], pause: Double = 0) async throws -> [UInt8] {
    try await withCheckedThrowingContinuation { continuation in
      Thread.detachNewThread {
        continuation.resume(with: Result { try blockingSend(parts, pause: pause) })
      }
    }
  }

  struct Failure: Error {
    let reason: String
  }

  private func blockingSend(_ parts: [[UInt8]], pause: Double) throws -> [UInt8] {
    #if canImport(Glibc)
      let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    #else
      let descriptor = socket(AF_INET, SOCK_STREAM, 0)
    #endif
    guard descriptor >= 0 else { throw Failure(reason: "no socket") }
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    let connected = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard connected == 0 else { throw Failure(reason: "not connected: errno \(errno)") }
    var patience = timeval(tv_sec: 20, tv_usec: 0)
    setsockopt(
      descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    for bytes in parts {
      #if canImport(Glibc)
        let sent = Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
      #else
        let sent = Darwin.send(descriptor, bytes, bytes.count, 0)
      #endif
      if sent < 0 { break }
      if pause > 0 { Thread.sleep(forTimeInterval: pause) }
    }
    var received: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = recv(descriptor, &buffer, buffer.count, 0)
      if count < 0, errno == EAGAIN { throw Failure(reason: "the server did not close") }
      if count <= 0 { return received }
      received.append(contentsOf: buffer[..<count])
    }
  }

  static func parse(_ raw: [UInt8]) throws -> Answer {
    let text = String(decoding: raw, as: UTF8.self)
    guard let end = text.range(of: "\r\n\r\n") else {
      throw Failure(reason: "no answer: \(text.prefix(200))")
    }
    let lines = text[..<end.lowerBound].components(separatedBy: "\r\n")
    var headers: [String: String] = [:]
    for line in lines.dropFirst() {
      let parts = line.split(separator: ":", maxSplits: 1)
      guard parts.count == 2 else { continue }
      headers[parts[0].lowercased()] = parts[1].trimmingCharacters(in: .whitespaces)
    }
    let words = lines[0].split(separator: " ")
    guard words.count > 1, let status = Int(words[1]) else {
      throw Failure(reason: "no status line: \(lines[0])")
    }
    return Answer(status: status, headers: headers, body: String(text[end.upperBound...]))
  }
}
