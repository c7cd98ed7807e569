import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Adapters

@Suite("OAuth 2 client credentials")
struct OAuth2Tests {
  /// Hands out `t1`, `t2`, …; the API takes the newest alone.
  private func server(life: String = #""expires_in":3600"#) throws -> ScriptedServer {
    let issued = Mutex(0)
    return try ScriptedServer { request, _ in
      if request.path == "/token" {
        guard request.form["client_secret"] == "s p&c" else { return .answer(401) }
        let number = issued.withLock { issued in
          issued += 1
          return issued
        }
        return .answer(200, body: #"{"access_token":"t\#(number)","token_type":"Bearer",\#(life)}"#)
      }
      let newest = issued.withLock { $0 }
      let isFresh = request.headers["authorization"] == "Bearer t\(newest)"
      return isFresh ? .answer(200, body: "yes") : .answer(401)
    }
  }

  private func options(_ url: String) -> HTTPOptions {
    var options = HTTPOptions()
    var oauth2 = HTTPOptions.OAuth2(
      clientID: "scaler", clientSecret: .value("s p&c"), tokenURL: url + "/token")
    oauth2.scopes = ["read", "write"]
    oauth2.endpointParameters = [HTTPHeader("audience", "metrics")]
    options.oauth2 = oauth2
    return options
  }

  private func ask(_ client: HTTPClient, _ url: String) async throws -> Int {
    try await client.send(HTTPRequest(.get, url + "/api"), deadline: .seconds(10)).status
  }

  @Test("one token serves many requests, and is asked for as RFC 6749 says")
  func cache() async throws {
    let server = try server()
    let client = HTTPClient(options(server.url))
    await withTaskGroup(of: Int?.self) { group in
      for _ in 0..<5 { group.addTask { try? await ask(client, server.url) } }
      for await status in group { #expect(status == 200) }
    }
    let tokens = server.requests.filter { $0.path == "/token" }
    #expect(tokens.count == 1)
    #expect(
      tokens.first?.form == [
        "grant_type": "client_credentials", "client_id": "scaler", "client_secret": "s p&c",
        "scope": "read write", "audience": "metrics",
      ])
  }

  @Test("a token that ends at once is asked for each time, one that is refused again at once")
  func renewal() async throws {
    let brief = try server(life: #""expires_in":0"#)
    let client = HTTPClient(options(brief.url))
    #expect(try await ask(client, brief.url) == 200)
    #expect(try await ask(client, brief.url) == 200)
    #expect(brief.requests.count { $0.path == "/token" } == 2)
    let long = try server()
    let first = HTTPClient(options(long.url))
    let second = HTTPClient(options(long.url))
    #expect(try await ask(first, long.url) == 200)
    #expect(try await ask(second, long.url) == 200)
    // The second client's token has made the first one's worthless.
    #expect(try await ask(first, long.url) == 200)
    #expect(long.requests.count { $0.path == "/token" } == 3)
  }

  @Test("F-54 a secret that is refused is told, and the API is not asked")
  func refusal() async throws {
    let server = try server()
    var options = options(server.url)
    options.oauth2?.clientSecret = .value("wrong")
    await #expect(
      throws: HTTPError.credentials("\(server.url)/token gave no token (HTTP 401)")
    ) {
      try await HTTPClient(options).send(
        HTTPRequest(.get, server.url + "/api"), deadline: .seconds(10))
    }
    #expect(server.requests.map(\.path) == ["/token"])
  }
}
