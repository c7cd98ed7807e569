import Domain
import Foundation

/// The parameters of a request's query, each of which the route knows.
///
/// An unknown or repeated parameter is refused: a misspelt `form=` that is silently ignored would
/// answer another question than the one asked.
struct Query: Sendable {
  private let values: [String: String]

  /// - Parameters:
  ///   - text: what stands after the `?`, still percent-encoded. A `+` is a plus, so that the
  ///     offset of a time need not be escaped.
  ///   - known: the names that the route takes.
  init(_ text: String?, known: [String]) throws(Problem) {
    var values: [String: String] = [:]
    for pair in (text ?? "").split(separator: "&") {
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard let name = String(parts[0]).removingPercentEncoding,
        let value = (parts.count > 1 ? String(parts[1]) : "").removingPercentEncoding
      else {
        throw .badQuery(String(parts[0]), "The query is not valid percent-encoded UTF-8.")
      }
      guard known.contains(name) else {
        let list = known.isEmpty ? "none" : known.joined(separator: ", ")
        throw .badQuery(name, "No parameter \"\(name)\" is taken here; taken: \(list).")
      }
      guard values[name] == nil else {
        throw .badQuery(name, "The parameter \"\(name)\" is given twice.")
      }
      values[name] = value
    }
    self.values = values
  }

  func text(_ name: String) -> String? { values[name] }

  func time(_ name: String) throws(Problem) -> Timestamp? {
    guard let text = values[name] else { return nil }
    guard let time = Timestamp(parsing: text) else {
      throw .badQuery(
        name,
        "\"\(text)\" is not a time; RFC 3339 (2026-11-23T09:30:00Z) or Unix seconds are taken.")
    }
    return time
  }

  /// A duration of whole seconds, as `5m` or as a number of seconds.
  func duration(_ name: String) throws(Problem) -> Duration? {
    guard let text = values[name] else { return nil }
    let parsed = Int64(text).map { Duration.seconds($0) } ?? Duration(parsing: text)
    guard let duration = parsed, duration >= .seconds(1), duration <= .seconds(366 * 86_400),
      duration.components.attoseconds == 0
    else {
      throw .badQuery(
        name, "\"\(text)\" is not a step; whole seconds from 1s to 366d are taken, such as 5m.")
    }
    return duration
  }

  func count(_ name: String, within range: ClosedRange<Int>) throws(Problem) -> Int? {
    guard let text = values[name] else { return nil }
    guard let count = Int(text), range.contains(count) else {
      throw .badQuery(
        name,
        "\"\(text)\" is not a count from \(range.lowerBound) to \(range.upperBound).")
    }
    return count
  }
}
