import Domain
public import Forecasting

/// What the past events of a name multiplied demand by.
public struct LearnedUplift: Sendable, Equatable {
  public var name: String
  public var uplift: EventUplift

  public init(name: String, uplift: EventUplift) {
    self.name = name
    self.uplift = uplift
  }
}

/// Events as they act on demand: a stated multiplier, or the one that was learnt.
struct EventEffects: Sendable, Equatable {
  var learned: [LearnedUplift] = []

  func uplift(of event: AnnouncedEvent) -> EventUplift? {
    if event.isLearned, let known = learned.first(where: { $0.name == event.name }) {
      return known.uplift
    }
    return EventUplift(factor: event.uplift, uncertainty: event.uncertainty)
  }

  /// Whether an event is going on whose multiplier nobody knows: demand is then neither what it is
  /// without the event nor anything that could be divided.
  func isUnknown(_ events: [AnnouncedEvent], at time: Timestamp) -> Bool {
    events.contains { event in
      event.isLearned && event.share(at: time) > 0
        && !learned.contains { $0.name == event.name }
    }
  }

  /// The product of all events' multipliers at an instant.
  func factor(_ events: [AnnouncedEvent], at time: Timestamp) -> Double {
    events.reduce(1) { product, event in
      let share = event.share(at: time)
      guard share > 0 else { return product }
      guard event.isLearned else { return product * (1 + (event.uplift - 1) * share) }
      return product * (uplift(of: event)?.applied(toMean: 1, share: share) ?? 1)
    }
  }

  /// The level of a learned multiplier's quantile: what is planned with it is already an upper
  /// quantile of the demand without the event, and both are not missed at once.
  static let level = 0.8

  /// The event that lifts demand most within `[from, to]`, with the product of all active events'
  /// full multipliers: the whole fleet has to be ready at the first minute of the ramp.
  func largest(
    _ events: [AnnouncedEvent], from: Timestamp, to: Timestamp
  ) -> (event: AnnouncedEvent, factor: Double)? {
    var largest: (event: AnnouncedEvent, factor: Double)?
    var product = 1.0
    for event in events where event.span.from <= to && from < event.span.to {
      let factor = uplift(of: event)?.applied(toQuantile: 1, level: Self.level, share: 1) ?? 1
      guard factor > 1 else { continue }
      product *= factor
      if factor > largest?.factor ?? 1 { largest = (event, factor) }
    }
    return largest.map { ($0.event, product) }
  }

  /// What a history teaches about the learned events that were over at its end: each occurrence is
  /// held against the same time one season earlier, the longest that the history holds.
  static func learned(
    from history: TimeSeries, events: [AnnouncedEvent], periods: [Duration]
  ) -> EventEffects {
    let names = events.filter(\.isLearned).map(\.name)
    var effects = EventEffects()
    for (index, name) in names.enumerated() where names.firstIndex(of: name) == index {
      let occurrences = events.filter { $0.isLearned && $0.name == name && $0.to <= history.end }
        .compactMap { occurrence(of: $0, in: history, among: events, periods: periods) }
      if let uplift = EventUplift.learned(from: occurrences) {
        effects.learned.append(LearnedUplift(name: name, uplift: uplift))
      }
    }
    return effects
  }

  /// The steps at which the event was at its full height, beside those a season earlier.
  private static func occurrence(
    of event: AnnouncedEvent, in history: TimeSeries, among events: [AnnouncedEvent],
    periods: [Duration]
  ) -> EventUplift.Occurrence? {
    for period in periods.sorted(by: >) {
      var found = EventUplift.Occurrence(actual: [], expected: [])
      var at = max(event.from, history.start)
      while at < event.to, at < history.end {
        let before = at - period
        if event.share(at: at) > 0.99, !events.contains(where: { $0.share(at: before) > 0 }),
          let came = history[history.index(at: at)],
          let expected = history[history.index(at: before)]
        {
          found.actual.append(came)
          found.expected.append(expected)
        }
        at = at + history.step
      }
      if !found.actual.isEmpty { return found }
    }
    return nil
  }
}

extension EventEffects {
  func writeState(to writer: inout StateWriter) {
    writer.write(learned.count)
    for entry in learned {
      writer.write(entry.name)
      writer.write(entry.uplift.factor)
      writer.write(entry.uplift.uncertainty)
    }
  }

  init(from reader: inout StateReader) throws(StateError) {
    for _ in 0..<(try reader.readCount(elementSize: 24)) {
      let name = try reader.readText()
      let factor = try reader.readDouble()
      guard let uplift = EventUplift(factor: factor, uncertainty: try reader.readDouble()) else {
        throw .inconsistent("the uplift of \(name) is not one")
      }
      learned.append(LearnedUplift(name: name, uplift: uplift))
    }
  }
}
