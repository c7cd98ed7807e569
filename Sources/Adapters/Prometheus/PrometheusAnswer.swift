import Domain

/// A query as it is asked; with a label, its series are told apart by that label's value.
struct PrometheusQuestion: Hashable, Sendable {
  var query: String
  var label: String?

  init(query: String, label: String? = nil) {
    self.query = query
    self.label = label
  }
}

/// Why a value is unknown.
enum PrometheusUnknown: Error, Equatable {
  /// The result has no series for it.
  case absent
  case because(String)

  var text: String {
    switch self {
    case .absent: "the query returned no series"
    case .because(let why): why
    }
  }
}

/// The values of one instant query, by label value (by the empty name if no label was asked for).
struct PrometheusAnswer: Sendable {
  private(set) var byName: [String: Result<Double, PrometheusUnknown>] = [:]

  /// - Throws: `malformed` if the result is no instant vector: a scalar cannot say "nothing there".
  init(_ reply: PrometheusReply, label: String?) throws(SourceError) {
    guard case .vector(let series) = reply.data else {
      if case .other(let type) = reply.data {
        throw .malformed("the query gives a \(type), an instant vector is needed")
      }
      throw .malformed("the query gives a range vector, an instant vector is needed")
    }
    let partiality = reply.partiality
    for (name, members) in Dictionary(grouping: series, by: { Self.name(of: $0, label) }) {
      guard let name else { continue }
      byName[name] = Self.value(members, partiality: partiality)
    }
    if let partiality, byName.isEmpty, label == nil {
      byName[""] = .failure(.because(partiality))
    }
  }

  private static func name(of series: PrometheusSeries, _ label: String?) -> String? {
    guard let label else { return "" }
    return series.metric[label]
  }

  private static func value(
    _ members: [PrometheusSeries], partiality: String?
  ) -> Result<Double, PrometheusUnknown> {
    guard members.count == 1, let series = members.first else {
      return .failure(.because(ambiguity(members)))
    }
    guard let value = series.value?.value else {
      return .failure(.because("the query gives a histogram, a number is needed"))
    }
    guard value.isFinite else { return .failure(.because("the query gives \(value)")) }
    guard value >= 0 else { return .failure(.because("the query gives \(value), less than zero")) }
    guard value <= Sample.ceiling else { return .failure(.because("the query gives \(value)")) }
    // A part of the demand is less than the demand, and would shrink the fleet.
    if let partiality { return .failure(.because(partiality)) }
    return .success(value)
  }

  /// Names the labels in which the series differ, because those are what a `sum` has to drop.
  static func ambiguity(_ members: [PrometheusSeries]) -> String {
    let labels = Set(members.flatMap(\.metric.keys)).sorted()
    let differing = labels.filter { label in
      Set(members.map { $0.metric[label] }).count > 1
    }
    return "the query returned \(members.count) series that differ in "
      + (differing.isEmpty ? "nothing" : differing.joined(separator: ", "))
      + "; wrap it in sum(...)"
  }
}

/// What came of a tick's queries.
struct PrometheusAnswers: Sendable {
  typealias Entry = Result<PrometheusAnswer, SourceError>

  var entries: [PrometheusQuestion: Entry] = [:]

  func value(
    of question: PrometheusQuestion, named name: String = ""
  ) -> Result<Double, PrometheusUnknown> {
    switch entries[question] {
    case .success(let answer): answer.byName[name] ?? .failure(.absent)
    case .failure(let error): .failure(.because(error.sentence))
    case nil: .failure(.absent)
    }
  }
}
