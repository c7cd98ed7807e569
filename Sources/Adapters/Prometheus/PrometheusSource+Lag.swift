public import Domain

extension PrometheusSource {
  /// The age of the newest scrape that the demand query reads, and half of its range. Nil where the
  /// query has no range selector, such as one over recorded rates.
  public func lag(
    of service: ServiceID, at time: Timestamp, deadline: Duration
  ) async -> Duration? {
    guard let query = demandQuery(of: service), let selector = RangeSelector(firstIn: query) else {
      return nil
    }
    let question = "time() - max(timestamp(\(selector.series)))"
    guard let reply = try? await api.query(question, at: time, deadline: deadline),
      let answer = try? PrometheusAnswer(reply, label: nil),
      case .success(let age) = answer.byName[""] ?? .failure(.absent)
    else { return nil }
    return .milliseconds(Int64(age * 1000)) + selector.range / 2
  }
}

/// The first `series[range]` of a query.
struct RangeSelector: Equatable {
  /// With its matchers.
  var series: String
  var range: Duration

  /// Nil if there is none, or its range is not a plain duration.
  init?(firstIn query: String) {
    let characters = Array(query)
    guard let open = Self.opening(in: characters),
      let close = characters[open...].firstIndex(of: "]")
    else { return nil }
    // A subquery's range ends at its resolution.
    let text = characters[(open + 1)..<close].prefix { $0 != ":" }
    guard let range = Duration(parsing: String(text)), range > .zero else { return nil }
    var start = open
    if start > 0, characters[start - 1] == "}" {
      guard let brace = Self.matchersStart(in: characters, before: start) else { return nil }
      start = brace
    }
    while start > 0, Self.isNameCharacter(characters[start - 1]) { start -= 1 }
    guard start < open else { return nil }
    series = String(characters[start..<open])
    self.range = range
  }

  /// The first bracket that stands outside of quotes.
  private static func opening(in characters: [Character]) -> Int? {
    var quote: Character?
    var index = 0
    while index < characters.count {
      let character = characters[index]
      if let open = quote {
        if character == "\\", open != "`" { index += 1 } else if character == open { quote = nil }
      } else if character == "\"" || character == "'" || character == "`" {
        quote = character
      } else if character == "[" {
        return index
      }
      index += 1
    }
    return nil
  }

  /// Where the matchers begin that end just before `end`: quotes are closed there, so the last brace
  /// that opens outside of quotes is theirs.
  private static func matchersStart(in characters: [Character], before end: Int) -> Int? {
    var quote: Character?
    var found: Int?
    var index = 0
    while index < end {
      let character = characters[index]
      if let open = quote {
        if character == "\\", open != "`" { index += 1 } else if character == open { quote = nil }
      } else if character == "\"" || character == "'" || character == "`" {
        quote = character
      } else if character == "{" {
        found = index
      }
      index += 1
    }
    return found
  }

  private static func isNameCharacter(_ character: Character) -> Bool {
    character.isASCII && (character.isLetter || character.isNumber || "_:".contains(character))
  }
}
