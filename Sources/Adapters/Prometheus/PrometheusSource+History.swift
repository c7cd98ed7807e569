public import Domain
import Synchronization

extension PrometheusSource {
  /// The demand query over the past, on a grid of `historyStep`: the value that Prometheus computes at
  /// an element's end stands for the element. Ends that are no multiples of the step are moved inwards.
  public func history(
    of service: ServiceID, from: Timestamp, to: Timestamp
  ) async throws(SourceError) -> TimeSeries? {
    guard let backfill = backfill(of: service, from: from, to: to, step: historyStep) else {
      return nil
    }
    let parts = Collected()
    try await backfill.run(resumingBefore: nil) { part in await parts.add(part.series[service]) }
    return await parts.joined(from: backfill.from, to: backfill.to, step: historyStep)
  }

  /// Services with a query of their own one by one; those that fleet queries know together.
  public func historyGroups(of services: [ServiceID]) -> [[ServiceID]] {
    let single = services.filter { self.services[$0] != nil }.map { [$0] }
    let found = services.filter { self.services[$0] == nil }
    return single + (found.isEmpty || fleets.isEmpty ? [] : [found])
  }

  public func readHistory(
    of group: [ServiceID], from: Timestamp, to: Timestamp,
    receive: @Sendable (HistoryPart) async throws(SourceError) -> Void
  ) async throws(SourceError) {
    var rest = group
    for (question, isLast) in historyQuestions(of: group) {
      let known = Mutex<Set<ServiceID>>([])
      let backfill = backfill(rest, question(rest), from: from, to: to, step: historyStep)
      try await backfill.run(resumingBefore: nil) { part throws(SourceError) in
        let found = part.series.filter { $0.value.knownCount > 0 }
        known.withLock { $0.formUnion(found.keys) }
        // What one fleet query does not know, the next one may.
        try await receive(HistoryPart(series: found, reached: isLast ? part.resumeBefore : to))
      }
      rest.removeAll { id in known.withLock { $0.contains(id) } }
      if rest.isEmpty { return }
    }
  }

  /// The plan of a long import; nil for a service that no query names and if there is no fleet query.
  public func backfill(
    of service: ServiceID, from: Timestamp, to: Timestamp, step: Duration
  ) -> PrometheusBackfill? {
    guard let question = historyQuestions(of: [service]).first?.question else { return nil }
    return backfill([service], question([service]), from: from, to: to, step: step)
  }

  private func backfill(
    _ group: [ServiceID], _ question: PrometheusQuestion, from: Timestamp, to: Timestamp,
    step: Duration
  ) -> PrometheusBackfill {
    let names = group.map { (question.label == nil ? "" : $0.name, $0) }
    return PrometheusBackfill(
      api: past, question: question, services: Dictionary(names) { first, _ in first },
      from: from, to: to, step: step)
  }

  /// What to ask for the past of a group, one after the other.
  private func historyQuestions(
    of group: [ServiceID]
  ) -> [(question: ([ServiceID]) -> PrometheusQuestion, isLast: Bool)] {
    if let first = group.first, let own = services[first] {
      return [({ _ in PrometheusQuestion(query: own.demand) }, true)]
    }
    return fleets.enumerated().map { index, fleet in
      ({ fleet.question(of: $0) }, index == fleets.count - 1)
    }
  }
}

extension PrometheusSource.FleetQueries {
  /// The demand of some services; of a single one without what the query says of all the others.
  fileprivate func question(of group: [ServiceID]) -> PrometheusQuestion {
    guard let only = group.first, group.count == 1 else {
      return PrometheusQuestion(query: queries.demand, label: label)
    }
    // Keeps the member whose label has the value; names need no escaping in PromQL strings.
    let query =
      "(\(queries.demand)) and on (\(label)) "
      + "label_replace(vector(1), \"\(label)\", \"\(only.name)\", \"\", \"\")"
    return PrometheusQuestion(query: query, label: label)
  }
}

/// Parts of a backfill in the order of their arrival.
private actor Collected {
  private var parts: [TimeSeries] = []

  func add(_ part: TimeSeries?) { if let part { parts.append(part) } }

  func joined(from: Timestamp, to: Timestamp, step: Duration) -> TimeSeries {
    let count = Int(max(0, to.seconds - from.seconds) / step.wholeSeconds)
    var whole = TimeSeries(
      start: from, step: step, values: [Double](repeating: .nan, count: count))
    for part in parts {
      let offset = whole.index(at: part.start)
      for (index, value) in part.values.enumerated() where offset + index < count {
        whole.values[offset + index] = value
      }
    }
    return whole
  }
}
