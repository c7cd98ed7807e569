import Domain
import HTTPTypes

/// The members of a small JSON object that a request carries.
///
/// Members that the route does not know are refused: a misspelt `untill` that is silently left out
/// would do something else than what was asked for.
struct RequestFields {
  private enum Value {
    case text(String)
    case number(Double)
    case texts([String])
  }

  private var values: [String: Value] = [:]

  /// - Throws: `Problem` for what is not a JSON object of texts, numbers and lists of texts, and for
  ///   members that stand twice or are not `known`.
  init(parsing bytes: [UInt8], known: [String]) throws {
    var reader = JSONReader(bytes)
    do {
      guard try reader.peek() == .object else {
        throw JSONError(offset: reader.offset, reason: "an object was expected")
      }
      try reader.object { name, reader in
        guard known.contains(name) else {
          throw Self.refusal(name, "is not known here; known: \(known.joined(separator: ", "))")
        }
        guard values[name] == nil else { throw Self.refusal(name, "stands twice") }
        values[name] = try Self.value(name, &reader)
      }
      try reader.end()
    } catch let error as JSONError {
      throw Problem.badBody(error)
    }
  }

  private static func value(_ name: String, _ reader: inout JSONReader) throws -> Value {
    switch try reader.peek() {
    case .string: return .text(try reader.string())
    case .number: return .number(try reader.number())
    case .array:
      var texts: [String] = []
      try reader.array { _, reader in
        guard try reader.peek() == .string, texts.count < 100_000 else {
          throw refusal(name, "is a list of texts")
        }
        texts.append(try reader.string())
      }
      return .texts(texts)
    default: throw refusal(name, "is a text, a number or a list of texts")
    }
  }

  func has(_ name: String) -> Bool { values[name] != nil }

  func text(_ name: String) throws(Problem) -> String {
    guard case .text(let text) = try required(name) else {
      throw Self.refusal(name, "is a text")
    }
    return text
  }

  func texts(_ name: String) throws(Problem) -> [String] {
    guard case .texts(let texts) = try required(name) else {
      throw Self.refusal(name, "is a list of texts")
    }
    return texts
  }

  func number(_ name: String, in range: ClosedRange<Double>) throws(Problem) -> Double {
    guard case .number(let number) = try required(name), range.contains(number) else {
      throw Self.refusal(
        name, "is a number from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  func count(_ name: String, in range: ClosedRange<Int>) throws(Problem) -> Int {
    guard case .number(let number) = try required(name),
      let count = Int(exactly: number), range.contains(count)
    else {
      throw Self.refusal(
        name, "is a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return count
  }

  /// RFC 3339 or Unix seconds, as a text or as a number.
  func time(_ name: String) throws(Problem) -> Timestamp {
    switch try required(name) {
    case .text(let text):
      if let time = Timestamp(parsing: text) { return time }
    case .number(let seconds):
      let range = Double(Timestamp.earliest.seconds)...Double(Timestamp.latest.seconds)
      if range.contains(seconds) { return Timestamp(seconds: Int64(seconds.rounded(.down))) }
    case .texts: break
    }
    throw Self.refusal(name, "is a time: RFC 3339 (2026-11-23T09:30:00Z) or Unix seconds")
  }

  /// As `90s` or `2h`; `.zero` where it is absent.
  func duration(_ name: String) throws(Problem) -> Duration {
    guard has(name) else { return .zero }
    guard let duration = Duration(parsing: try text(name)) else {
      throw Self.refusal(name, "is a length of time, such as 90s or 2h30m")
    }
    return duration
  }

  private func required(_ name: String) throws(Problem) -> Value {
    guard let value = values[name] else { throw Self.refusal(name, "is missing") }
    return value
  }

  static func refusal(_ name: String, _ what: String) -> Problem {
    Problem(
      status: .badRequest, code: "bad-field", title: "Not what is taken here",
      detail: "\"\(name)\" \(what).",
      members: [JSON.Member(name: "field", value: .string(name))])
  }
}
