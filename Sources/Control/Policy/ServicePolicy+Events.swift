import Domain
import Forecasting

extension ServicePolicy {
  /// The announced events that act within a span, those that the calendar repeats among them.
  public func events(within span: TimeSpan) -> [AnnouncedEvent] {
    var acting = events.filter { $0.span.overlaps(span) }
    for event in calendar where event.height != .excluded {
      var uplift: EventUplift?
      if case .given(let stated) = event.height { uplift = stated }
      acting += occurrences(of: event, within: span).map { time in
        AnnouncedEvent(
          name: event.name, from: time.from, to: time.to, uplift: uplift?.factor ?? 1,
          rise: .seconds(event.rampBefore), fall: .seconds(event.rampAfter),
          isLearned: event.height == .learned, uncertainty: uplift?.uncertainty ?? 0)
      }
    }
    return acting
  }

  /// Where within a span nothing may be learnt, because what is measured there is known to be wrong.
  public func excluded(within span: TimeSpan) -> [TimeSpan] {
    var excluded = forecast.excluded.filter { $0.overlaps(span) }
    for event in calendar where event.height == .excluded {
      excluded += occurrences(of: event, within: span).map {
        TimeSpan(from: $0.from - .seconds(event.rampBefore), to: $0.to + .seconds(event.rampAfter))
      }
    }
    return excluded
  }

  private func occurrences(of event: CalendarEvent, within span: TimeSpan) -> [TimeSpan] {
    let zone = forecast.zone
    return event.occurrences(
      within: span.from.seconds..<max(span.from, span.to).seconds,
      offset: { Int64(zone.offset(at: Timestamp(seconds: $0))) }
    ).map {
      TimeSpan(
        from: Timestamp(seconds: $0.lowerBound), to: Timestamp(seconds: $0.upperBound))
    }
  }
}

/// A policy's events around the present, worked out anew once a day: a calendar may reach over years,
/// and every tick asks it.
struct EventsNow: Sendable {
  private(set) var events: [AnnouncedEvent] = []
  private(set) var excluded: [TimeSpan] = []
  private var day: TimeSpan?

  /// What a lag may look back, and what a lead window and a plan may look ahead of a day.
  private static let before: Duration = .seconds(2 * 86_400)
  private static let after: Duration = .seconds(4 * 86_400)

  /// - Returns: Whether there is anything.
  mutating func move(to now: Timestamp, policy: ServicePolicy) -> Bool {
    if day?.contains(now) != true {
      let start = now.floored(toSeconds: 86_400)
      let around = TimeSpan(from: start - Self.before, to: start + Self.after)
      day = TimeSpan(from: start, to: start + .seconds(86_400))
      events = policy.events(within: around)
      excluded = policy.excluded(within: around)
    }
    return !events.isEmpty || !excluded.isEmpty
  }

  func excludes(_ time: Timestamp) -> Bool { excluded.contains { $0.contains(time) } }
}
