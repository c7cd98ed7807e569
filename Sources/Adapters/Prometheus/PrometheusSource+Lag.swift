public import Domain

extension PrometheusSource {
  /// Looks of one call: a tick's queries must not wait long for them.
  static let mostLagQuestions = 8
  private static let lagQuestionsInFlight = 2

  /// The age of the newest scrape that the demand query reads, and half of its range. Unknown where the
  /// query has no range selector, such as one over recorded rates. However many services a query
  /// feeds, there is one look at it.
  public func lags(
    of asked: [ServiceID], at time: Timestamp, deadline: Duration
  ) async -> [ServiceID: MetricLag] {
    var lags: [ServiceID: MetricLag] = [:]
    var selectors: [String: RangeSelector?] = [:]
    var services: [RangeSelector: [ServiceID]] = [:]
    var questions: [RangeSelector] = []
    for service in asked {
      guard let query = demandQuery(of: service) else {
        lags[service] = .unknown
        continue
      }
      let known = selectors[query]
      let selector = known ?? RangeSelector(firstIn: query)
      if known == nil { selectors[query] = .some(selector) }
      guard let selector else {
        lags[service] = .unknown
        continue
      }
      if services[selector] == nil { questions.append(selector) }
      services[selector, default: []].append(service)
    }
    for (selector, lag) in await look(
      at: questions.prefix(Self.mostLagQuestions), time, deadline: deadline)
    {
      for service in services[selector] ?? [] { lags[service] = lag }
    }
    return lags
  }

  private func look(
    at selectors: some Collection<RangeSelector>, _ time: Timestamp, deadline: Duration
  ) async -> [(RangeSelector, MetricLag)] {
    let end = ContinuousClock.now + deadline
    return await withTaskGroup(of: (RangeSelector, MetricLag).self) { group in
      var found: [(RangeSelector, MetricLag)] = []
      for (index, selector) in selectors.enumerated() {
        if index >= Self.lagQuestionsInFlight, let answer = await group.next() {
          found.append(answer)
        }
        group.addTask { (selector, await lag(of: selector, at: time, deadline: end - .now)) }
      }
      for await answer in group { found.append(answer) }
      return found
    }
  }

  private func lag(
    of selector: RangeSelector, at time: Timestamp, deadline: Duration
  ) async -> MetricLag {
    let question = "time() - max(timestamp(\(selector.series)))"
    guard let reply = try? await api.query(question, at: time, deadline: deadline),
      let answer = try? PrometheusAnswer(reply, label: nil),
      case .success(let age) = answer.byName[""] ?? .failure(.absent)
    else { return .unknown }
    return .late(.milliseconds(Int64(age * 1000)) + selector.range / 2)
  }
}

/// The first `series[range]` of a query.
struct RangeSelector: Hashable {
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
