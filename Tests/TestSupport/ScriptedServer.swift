import Foundation
import Glibc
import Synchronization

/// A small HTTP server on loopback whose answers a test writes, faults included.
package final class ScriptedServer: Sendable {
  package struct Request: Sendable {
    package var method = ""
    package var target = ""
    package var headers: [String: String] = [:]
    package var body: [UInt8] = []

    package var text: String { String(decoding: body, as: UTF8.self) }
    package var path: String { String(target.prefix { $0 != "?" }) }

    /// The fields of a form body.
    package var form: [String: String] {
      var fields: [String: String] = [:]
      for pair in text.split(separator: "&") {
        let parts = pair.split(separator: "=", maxSplits: 1).map {
          $0.replacingOccurrences(of: "+", with: " ").removingPercentEncoding ?? ""
        }
        fields[parts[0]] = parts.count > 1 ? parts[1] : ""
      }
      return fields
    }
  }

  package enum Reply: Sendable {
    case answer(Int, headers: [String: String] = [:], body: String = "")
    /// These bytes and nothing more; then the connection closes.
    case raw(String)
    /// Reads the request and closes the connection.
    case cut
    /// Reads the request and never answers.
    case hang
    /// A correct answer, one byte in this many milliseconds.
    case trickle(String, milliseconds: Int)
    /// A body without end.
    case flood
  }

  package typealias Script = @Sendable (_ request: Request, _ number: Int) -> Reply

  package let port: Int
  private let listener: Int32
  private let script: Script
  private let state = Mutex(State())

  private struct State {
    var requests: [Request] = []
    var connections = 0
    var isClosed = false
  }

  /// - Parameter socketPath: Listens on this Unix socket instead of a TCP port.
  package init(socketPath: String? = nil, script: @escaping Script) throws {
    self.script = script
    let listener: Int32
    var port = 0
    if let socketPath {
      listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
      var address = sockaddr_un()
      address.sun_family = sa_family_t(AF_UNIX)
      withUnsafeMutableBytes(of: &address.sun_path) { path in
        path.copyBytes(from: Array(socketPath.utf8) + [0])
      }
      guard Self.listen(listener, at: &address) else { throw ServerDidNotStart() }
    } else {
      listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
      var address = sockaddr_in()
      address.sin_family = sa_family_t(AF_INET)
      address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
      guard Self.listen(listener, at: &address) else { throw ServerDidNotStart() }
      var length = socklen_t(MemoryLayout<sockaddr_in>.size)
      _ = withUnsafeMutablePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(listener, $0, &length) }
      }
      port = Int(UInt16(bigEndian: address.sin_port))
    }
    self.listener = listener
    self.port = port
    Thread.detachNewThread { [weak self, listener] in
      while true {
        let connection = accept(listener, nil, nil)
        guard connection >= 0 else {
          // Closed here and nowhere else: its number must not be reused while accept may run.
          close(listener)
          return
        }
        guard let server = self else {
          close(connection)
          return
        }
        Thread.detachNewThread { server.serve(connection) }
      }
    }
  }

  private static func listen<Address>(_ listener: Int32, at address: inout Address) -> Bool {
    let length = socklen_t(MemoryLayout<Address>.size)
    let bound = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(listener, $0, length) }
    }
    return bound == 0 && Glibc.listen(listener, 64) == 0
  }

  deinit { shutdown(listener, Int32(SHUT_RDWR)) }

  package var url: String { "http://127.0.0.1:\(port)" }
  package var requests: [Request] { state.withLock { $0.requests } }
  package var connections: Int { state.withLock { $0.connections } }

  private func serve(_ connection: Int32) {
    state.withLock { $0.connections += 1 }
    defer { close(connection) }
    var buffer: [UInt8] = []
    while let request = Self.read(connection, &buffer) {
      let number = state.withLock { state in
        state.requests.append(request)
        return state.requests.count
      }
      switch script(request, number) {
      case .answer(let status, let headers, let body):
        Self.write(connection, Self.message(status, headers, body))
      case .raw(let text):
        Self.write(connection, text)
        return
      case .cut: return
      case .hang:
        var byte: UInt8 = 0
        // Until the client goes away.
        _ = recv(connection, &byte, 1, 0)
        return
      case .trickle(let body, let milliseconds):
        for byte in Self.message(200, [:], body).utf8 {
          guard Self.write(connection, String(UnicodeScalar(byte))) else { return }
          usleep(UInt32(milliseconds) * 1000)
        }
      case .flood:
        Self.write(connection, "HTTP/1.1 200 OK\r\n\r\n")
        let block = String(repeating: "x", count: 65_536)
        while Self.write(connection, block) {}
        return
      }
    }
  }

  private static func message(_ status: Int, _ headers: [String: String], _ body: String) -> String
  {
    let lines = headers.map { "\($0.key): \($0.value)\r\n" }.sorted().joined()
    return "HTTP/1.1 \(status) Status\r\nContent-Length: \(body.utf8.count)\r\n\(lines)\r\n\(body)"
  }

  @discardableResult
  private static func write(_ connection: Int32, _ text: String) -> Bool {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let sent = rest.withUnsafeBytes {
        send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      guard sent > 0 else { return false }
      rest = rest.dropFirst(sent)
    }
    return true
  }

  private static func read(_ connection: Int32, _ buffer: inout [UInt8]) -> Request? {
    func more() -> Bool {
      var block = [UInt8](repeating: 0, count: 65_536)
      let count = recv(connection, &block, block.count, 0)
      guard count > 0 else { return false }
      buffer.append(contentsOf: block[..<count])
      return true
    }
    let separator = Array("\r\n\r\n".utf8)
    var end: Int?
    while end == nil {
      if buffer.count >= 4 {
        end = (0...(buffer.count - 4)).first { Array(buffer[$0..<$0 + 4]) == separator }
      }
      if end == nil, !more() { return nil }
    }
    guard let end else { return nil }
    let head = String(decoding: buffer[..<end], as: UTF8.self).components(separatedBy: "\r\n")
    buffer.removeFirst(end + 4)
    var request = Request()
    let words = head[0].split(separator: " ").map(String.init)
    guard words.count >= 2 else { return nil }
    request.method = words[0]
    request.target = words[1]
    for line in head.dropFirst() {
      guard let colon = line.firstIndex(of: ":") else { continue }
      request.headers[line[..<colon].lowercased()] = line[line.index(after: colon)...]
        .trimmingCharacters(in: .whitespaces)
    }
    let length = Int(request.headers["content-length"] ?? "0") ?? 0
    while buffer.count < length {
      if !more() { return nil }
    }
    request.body = Array(buffer[..<length])
    buffer.removeFirst(length)
    return request
  }

  package struct ServerDidNotStart: Error {}
}
