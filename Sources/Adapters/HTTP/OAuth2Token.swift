import Domain
import Foundation

/// A token by the client credentials grant (RFC 6749, 4.4): fetched when first needed, kept until
/// shortly before its end, fetched anew after a refusal. Whoever needs it meanwhile waits for the
/// same fetch.
actor OAuth2Token {
  private let settings: HTTPOptions.OAuth2
  private let options: HTTPOptions
  private var token: String?
  private var end: ContinuousClock.Instant?
  private var fetching: Task<Result<Fetched, HTTPError>, Never>?

  /// A token is not used for this long before its end; half its life if that is shorter.
  private static let margin: Duration = .seconds(10)
  /// What an answer without `expires_in` is good for.
  private static let unstatedLife: Duration = .seconds(300)

  private struct Fetched: Sendable {
    var token: String
    var end: ContinuousClock.Instant
  }

  private struct Answer: Decodable {
    var token: String
    var life: Double?

    enum CodingKeys: String, CodingKey {
      case token = "access_token"
      case life = "expires_in"
    }
  }

  init(_ settings: HTTPOptions.OAuth2, options: HTTPOptions) {
    self.settings = settings
    var own = HTTPOptions()
    own.tls = settings.tls ?? options.tls
    own.proxyURL = options.proxyURL
    own.noProxy = options.noProxy
    own.proxyFromEnvironment = options.proxyFromEnvironment
    own.connectTimeout = options.connectTimeout
    own.forbidsLinkLocal = options.forbidsLinkLocal
    own.connections = 1
    self.options = own
  }

  func current(deadline: Duration) async throws(HTTPError) -> String {
    if let token, let end, .now < end { return token }
    let task =
      fetching
      ?? Task { [settings, options] in
        await Self.fetch(settings, HTTPClient(options), deadline: deadline)
      }
    fetching = task
    let result = await task.value
    fetching = nil
    let fetched = try result.get()
    token = fetched.token
    end = fetched.end
    return fetched.token
  }

  /// - Parameter refused: The token that a server did not take; a newer one is kept.
  func forget(_ refused: String) {
    if token == refused { token = nil }
  }

  private static func fetch(
    _ settings: HTTPOptions.OAuth2, _ client: HTTPClient, deadline: Duration
  ) async -> Result<Fetched, HTTPError> {
    do throws(HTTPError) {
      var fields = [
        ("grant_type", "client_credentials"), ("client_id", settings.clientID),
        ("client_secret", try settings.clientSecret.reveal()),
      ]
      if !settings.scopes.isEmpty {
        fields.append(("scope", settings.scopes.joined(separator: " ")))
      }
      for parameter in settings.endpointParameters {
        fields.append((parameter.name, parameter.value))
      }
      let begun = ContinuousClock.now
      let response = try await client.send(
        HTTPRequest(
          .post, settings.tokenURL,
          headers: [
            HTTPHeader("Content-Type", "application/x-www-form-urlencoded"),
            HTTPHeader("Accept", "application/json"),
          ], body: Array(FormEncoding.encode(fields).utf8), answerLimit: 1 << 20),
        deadline: deadline)
      guard response.isSuccess,
        let answer = try? JSONDecoder().decode(Answer.self, from: Data(response.body)),
        !answer.token.isEmpty
      else {
        throw .credentials("\(settings.tokenURL) gave no token (HTTP \(response.status))")
      }
      let life = answer.life.map { Duration.seconds(min(max($0, 0), 86_400)) } ?? unstatedLife
      return .success(
        Fetched(token: answer.token, end: begun + life - min(margin, life / 2)))
    } catch {
      return .failure(error)
    }
  }
}
