import Domain
import Foundation

/// Calls actions of an AWS service that speaks its JSON protocol: the action is a header, input and
/// answer are JSON. Members are named as in Swift here; on the wire some services begin them with a
/// capital, and answers are understood either way.
struct AWSJSONClient: Sendable {
  enum Naming: Sendable { case capitalised, camelCase }

  let caller: AWSCaller
  /// What stands before the action's name in `X-Amz-Target`.
  let target: String
  /// The protocol's version, `1.0` or `1.1`.
  let version: String
  let naming: Naming

  /// An answer without members.
  struct Nothing: Decodable, Sendable {}

  func call<Answer: Decodable & Sendable>(
    _ action: String, _ input: some Encodable, as type: Answer.Type, deadline: Duration,
    retry: RetryPolicy
  ) async throws(CloudError) -> Answer {
    let headers = [
      HTTPHeader("Content-Type", "application/x-amz-json-\(version)"),
      HTTPHeader("X-Amz-Target", "\(target).\(action)"),
    ]
    let body = try encode(input)
    return try await caller.call(
      headers: headers, body: body, deadline: deadline, retry: retry
    ) { response throws(CloudError) in
      guard response.isSuccess else { throw Self.error(response) }
      let decoder = JSONDecoder()
      decoder.keyDecodingStrategy = .custom { path in MemberName(lowercasing: path) }
      do {
        return try decoder.decode(type, from: Data(response.body))
      } catch {
        throw .unknownResult("the answer to \(action) is not understood: \(response.excerpt)")
      }
    }
  }

  private func encode(_ input: some Encodable) throws(CloudError) -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.dateEncodingStrategy = .secondsSince1970
    if naming == .capitalised {
      encoder.keyEncodingStrategy = .custom { path in MemberName(capitalising: path) }
    }
    do {
      return [UInt8](try encoder.encode(input))
    } catch {
      throw .malformed("the request cannot be written")
    }
  }

  private struct Failure: Decodable {
    var type: String?
    var lower: String?
    var upper: String?

    enum CodingKeys: String, CodingKey {
      case type = "__type"
      case lower = "message"
      case upper = "Message"
    }
  }

  /// The code is the last part of a type such as `com.amazonaws.ecs#ClientException`, or stands in a
  /// header before a colon or semicolon.
  private static func error(_ response: HTTPResponse) -> CloudError {
    let failure = try? JSONDecoder().decode(Failure.self, from: Data(response.body))
    let header = response.header("x-amzn-query-error") ?? response.header("x-amzn-errortype")
    guard let name = header ?? failure?.type,
      let code = name.split(whereSeparator: { $0 == ";" || $0 == ":" }).first?
        .split(separator: "#").last
    else { return CloudError.refusal(response) }
    return AWSFailure.error(
      code: String(code), message: failure?.lower ?? failure?.upper ?? "", response: response)
  }
}

/// A member's name with another first letter than the key has.
private struct MemberName: CodingKey {
  var stringValue: String
  var intValue: Int? { nil }

  init(stringValue: String) { self.stringValue = stringValue }

  init?(intValue: Int) { nil }

  init(lowercasing path: [any CodingKey]) {
    let name = path.last?.stringValue ?? ""
    self.init(stringValue: name.prefix(1).lowercased() + name.dropFirst())
  }

  init(capitalising path: [any CodingKey]) {
    let name = path.last?.stringValue ?? ""
    self.init(stringValue: name.prefix(1).uppercased() + name.dropFirst())
  }
}
