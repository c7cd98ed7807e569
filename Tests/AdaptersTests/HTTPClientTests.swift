import Domain
import Foundation
import TestSupport
import Testing

@testable import Adapters

@Suite("The HTTP client")
struct HTTPClientTests {
  private func outcome(
    _ client: HTTPClient, _ request: HTTPRequest, deadline: Duration = .seconds(20)
  ) async -> Result<HTTPResponse, HTTPError> {
    do throws(HTTPError) {
      return .success(try await client.send(request, deadline: deadline))
    } catch {
      return .failure(error)
    }
  }

  @Test("a request arrives as written and the answer comes back, over one kept connection")
  func exchange() async throws {
    let server = try ScriptedServer { request, number in
      .answer(201, headers: ["X-Number": "\(number)"], body: "got \(request.text)")
    }
    var options = HTTPOptions()
    options.connections = 1
    let client = HTTPClient(options)
    for number in 1...3 {
      let response = try await client.send(
        HTTPRequest(
          .patch, server.url + "/a/b?c=d", headers: [HTTPHeader("X-Test", "yes")],
          body: Array("hello".utf8)), deadline: .seconds(20))
      #expect(response.status == 201)
      #expect(response.text == "got hello")
      #expect(response.header("x-number") == "\(number)")
    }
    let request = try #require(server.requests.first)
    #expect(request.method == "PATCH")
    #expect(request.target == "/a/b?c=d")
    #expect(request.headers["x-test"] == "yes")
    #expect(request.headers["expect"] == nil)
    #expect(server.connections == 1)
  }

  @Test(
    "methods and empty bodies are sent as they are", arguments: ["GET", "POST", "PUT", "DELETE"])
  func methods(name: String) async throws {
    let server = try ScriptedServer { _, _ in .answer(204) }
    let method = try #require(HTTPRequest.Method(rawValue: name))
    let body: [UInt8]? = method == .get || method == .delete ? nil : []
    let response = try await HTTPClient().send(
      HTTPRequest(method, server.url, body: body), deadline: .seconds(20))
    #expect(response.status == 204)
    #expect(server.requests.map(\.method) == [name])
    #expect(server.requests.first?.headers["content-length"] == (body == nil ? nil : "0"))
  }

  @Test("credentials travel as Prometheus' options say, and files are read anew")
  func credentials() async throws {
    let server = try ScriptedServer { _, _ in .answer(200) }
    let folder = try TemporaryFolder()
    let file = folder.url("token")
    try Data("first\n".utf8).write(to: file)
    var options = HTTPOptions()
    options.authorization = .init(credentials: .file(file.path))
    options.httpHeaders = [.init("X-Scope-OrgID", .value("team"))]
    let bearer = HTTPClient(options)
    _ = try await bearer.send(HTTPRequest(.get, server.url), deadline: .seconds(20))
    try Data("second\n".utf8).write(to: file)
    _ = try await bearer.send(HTTPRequest(.get, server.url), deadline: .seconds(20))
    var basic = HTTPOptions()
    basic.basicAuth = .init(username: .value("me"), password: .value("a:b"))
    _ = try await HTTPClient(basic).send(HTTPRequest(.get, server.url), deadline: .seconds(20))
    #expect(
      server.requests.map { $0.headers["authorization"] } == [
        "Bearer first", "Bearer second", "Basic bWU6YTpi",
      ])
    #expect(server.requests.first?.headers["x-scope-orgid"] == "team")
    #expect("\(options) \(String(reflecting: basic))".contains("a:b") == false)
    var dumped = ""
    dump(basic, to: &dumped)
    #expect(!dumped.contains("a:b"))
    try FileManager.default.removeItem(at: file)
    let refused = await outcome(bearer, HTTPRequest(.get, server.url))
    #expect(
      refused == .failure(.credentials("the secret file \(file.path) cannot be read")))
  }

  @Test("requests signed for AWS carry the signature, the scope and the session token")
  func signature() async throws {
    let server = try ScriptedServer { _, _ in .answer(200) }
    let signature = AWSSignature(
      region: "eu-west-1", service: "autoscaling", accessKey: "AKID", secretKey: .value("secret"),
      sessionToken: .value("session"))
    _ = try await HTTPClient().send(
      HTTPRequest(
        .post, server.url + "/",
        headers: [HTTPHeader("Content-Type", "application/x-www-form-urlencoded")],
        body: Array("Action=Test".utf8), signature: signature), deadline: .seconds(20))
    let headers = try #require(server.requests.first).headers
    let authorization = try #require(headers["authorization"])
    #expect(authorization.hasPrefix("AWS4-HMAC-SHA256 Credential=AKID/"))
    #expect(authorization.contains("/eu-west-1/autoscaling/aws4_request"))
    #expect(headers["x-amz-security-token"] == "session")
  }

  @Test(
    "F-22 F-23 F-26 F-50: every way not to answer has its error, which knows whether it was sent",
    arguments: [
      (ScriptedServer.Reply.cut, true), (.hang, true),
      (.raw("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc"), true),
      (.raw("nonsense"), true), (.trickle("slow", milliseconds: 100), true), (.flood, true),
    ])
  func faults(reply: ScriptedServer.Reply, sent: Bool) async throws {
    let server = try ScriptedServer { _, _ in reply }
    let request = HTTPRequest(.post, server.url, body: [1], answerLimit: 1 << 20)
    let isSlow =
      switch reply {
      case .hang, .trickle: true
      default: false
      }
    let result = await outcome(
      HTTPClient(), request, deadline: isSlow ? .milliseconds(300) : .seconds(20))
    guard case .failure(let error) = result else {
      Issue.record("an answer came: \(result)")
      return
    }
    #expect(error.mayHaveArrived == sent)
    switch reply {
    case .hang, .trickle: #expect(error == .timedOut(sent: true))
    case .flood: #expect(error == .tooLarge(limit: 1 << 20))
    default:
      guard case .broken = error else {
        Issue.record("\(error)")
        return
      }
    }
  }

  @Test("a refused connection, an unknown host and a wrong URL were never sent")
  func unreachable() async throws {
    let port = try ScriptedServer { _, _ in .cut }.port
    let client = HTTPClient()
    let refused = await outcome(client, HTTPRequest(.get, "http://127.0.0.1:\(port)"))
    #expect(refused == .failure(.unreachable("the connection was refused or lost its way")))
    let unknown = await outcome(client, HTTPRequest(.get, "http://no-such-host.invalid"))
    #expect(unknown == .failure(.unreachable("the host name is not known")))
    for url in ["file:///etc/passwd", "ftp://127.0.0.1/", "http://a b/", "http://[::1", ""] {
      guard case .failure(.invalid) = await outcome(client, HTTPRequest(.get, url)) else {
        Issue.record("\(url) was not refused")
        continue
      }
    }
    let split = HTTPHeader("X", "a\r\nEvil: b")
    guard
      case .failure(.invalid) = await outcome(
        client, HTTPRequest(.get, "http://127.0.0.1:\(port)", headers: [split]))
    else {
      Issue.record("a header with a line break was sent")
      return
    }
  }

  @Test("F-26 a redirect is an answer, and is not followed")
  func redirect() async throws {
    let server = try ScriptedServer { _, _ in .answer(302, headers: ["Location": "/elsewhere"]) }
    let response = try await HTTPClient().send(
      HTTPRequest(.get, server.url), deadline: .seconds(20))
    #expect(response.status == 302)
    #expect(server.requests.count == 1)
  }

  @Test("a cancelled task returns at once, and the connection is given up")
  func cancellation() async throws {
    let server = try ScriptedServer { _, _ in .hang }
    let client = HTTPClient()
    let task = Task { await outcome(client, HTTPRequest(.get, server.url), deadline: .seconds(60)) }
    while server.requests.isEmpty { try await Task.sleep(for: .milliseconds(5)) }
    task.cancel()
    #expect(await task.value == .failure(.cancelled(sent: true)))
  }

  @Test("a request that finds all connections busy ends by its own deadline, unsent")
  func queueing() async throws {
    let server = try ScriptedServer { _, _ in .hang }
    var options = HTTPOptions()
    options.connections = 1
    let client = HTTPClient(options)
    let blocker = Task {
      await outcome(client, HTTPRequest(.get, server.url), deadline: .seconds(60))
    }
    while server.requests.isEmpty { try await Task.sleep(for: .milliseconds(5)) }
    let waiting = await outcome(client, HTTPRequest(.get, server.url), deadline: .milliseconds(50))
    #expect(waiting == .failure(.timedOut(sent: false)))
    #expect(server.requests.count == 1)
    blocker.cancel()
    _ = await blocker.value
  }

  @Test("many requests at once all get their own answer")
  func concurrency() async throws {
    let server = try ScriptedServer { request, _ in .answer(200, body: request.path) }
    let client = HTTPClient()
    let bodies = await withTaskGroup(of: String?.self) { group in
      for number in 0..<200 {
        group.addTask {
          let request = HTTPRequest(.get, server.url + "/\(number)")
          return try? await client.send(request, deadline: .seconds(10)).text
        }
      }
      return await group.reduce(into: Set<String?>()) { $0.insert($1) }
    }
    #expect(bodies == Set((0..<200).map { "/\($0)" }))
    #expect(server.connections <= 4)
  }

  @Test("a Unix socket is spoken to instead of the URL's host")
  func unixSocket() async throws {
    let folder = try TemporaryFolder()
    let path = folder.url("s").path
    let server = try ScriptedServer(socketPath: path) { _, _ in .answer(200, body: "socket") }
    var options = HTTPOptions()
    options.unixSocket = path
    let response = try await HTTPClient(options).send(
      HTTPRequest(.get, "http://unused/x"), deadline: .seconds(20))
    #expect(response.text == "socket")
    #expect(server.requests.map(\.target) == ["/x"])
  }

  @Test("a proxy gets the whole URL; hosts of no_proxy are reached directly")
  func proxy() async throws {
    let proxy = try ScriptedServer { _, _ in .answer(200, body: "proxy") }
    let direct = try ScriptedServer { _, _ in .answer(200, body: "direct") }
    var options = HTTPOptions()
    options.proxyURL = proxy.url
    let through = try await HTTPClient(options).send(
      HTTPRequest(.get, "http://example.invalid/x"), deadline: .seconds(20))
    #expect(through.text == "proxy")
    #expect(proxy.requests.map(\.target) == ["http://example.invalid/x"])
    options.noProxy = "127.0.0.1"
    let past = try await HTTPClient(options).send(
      HTTPRequest(.get, direct.url), deadline: .seconds(20))
    #expect(past.text == "direct")
  }

  @Test(
    "link-local addresses are recognised in every spelling",
    arguments: [
      ("169.254.169.254", true), ("fe80::1", true), ("FEBF::1", true), ("fd00:ec2::254", true),
      ("::ffff:169.254.169.254", true), ("::ffff:a9fe:a9fe", true), ("127.0.0.1", false),
      ("10.169.254.1", false), ("fec0::1", false), ("2001:db8::fe80", false),
    ])
  func linkLocal(address: String, isLinkLocal: Bool) {
    #expect(LinkLocalAddress.matches(address) == isLinkLocal)
  }

  @Test("F-55 certificates are taken unseen from loopback only")
  func insecure() async {
    var options = HTTPOptions()
    options.tls.insecureSkipVerify = true
    let result = await outcome(HTTPClient(options), HTTPRequest(.get, "https://example.com/"))
    #expect(
      result
        == .failure(
          .invalid("insecure_skip_verify is for loopback addresses only, not for example.com")))
  }
}
