import Control
import Domain
import Forecasting
import Foundation
import Storage
import Web

/// The events that were announced while the service ran: kept in the store, so that they outlive it.
/// Those of the configuration are not in it.
actor EventBook {
  private let store: Store
  private var events: [Entry]
  /// Changes happen one after the other.
  private var newest: Task<Void, any Error>?

  /// An event as it is stored.
  struct Entry: Codable, Equatable {
    var name: String
    var services: [ServiceID]
    /// Unix seconds.
    var from: Int64
    var to: Int64
    /// Nil: as learnt.
    var uplift: Double?
    /// Seconds within `from` and `to`, as earlier versions had them; nil in what is written now.
    var rise: Double?
    var fall: Double?
    /// Seconds before `from` and after `to`.
    var rampBefore: Double?
    var rampAfter: Double?
  }

  static let key = "announced.events"
  /// Past ones stay, because later ones of the same name learn from them; the oldest leave first.
  static let capacity = 1000

  init(_ store: Store) throws {
    self.store = store
    events = try Self.entries(in: store)
  }

  private static func entries(in store: Store) throws -> [Entry] {
    guard let text = try store.meta(key) else { return [] }
    return try JSONDecoder().decode([Entry].self, from: Data(text.utf8))
  }

  /// What was announced, by service.
  static func announced(in store: Store) throws -> [ServiceID: [Control.AnnouncedEvent]] {
    try entries(in: store).byService
  }

  var announced: [ServiceID: [Control.AnnouncedEvent]] { events.byService }

  /// Takes an event in; one of the same name that was announced before is replaced. It is in the
  /// store before `enforce` puts it into force.
  func announce(
    _ event: EventAnnouncement, enforce: @escaping @Sendable () async throws -> Void
  ) async throws {
    try await change(enforce) { events in
      events.removeAll { $0.name == event.name }
      events.append(Entry(event))
      if events.count > Self.capacity { events.removeFirst(events.count - Self.capacity) }
    }
  }

  /// - Returns: Whether an event of that name had been announced.
  func withdraw(
    _ name: String, enforce: @escaping @Sendable () async throws -> Void
  ) async throws -> Bool {
    guard events.contains(where: { $0.name == name }) else { return false }
    try await change(enforce) { $0.removeAll { $0.name == name } }
    return true
  }

  private func change(
    _ enforce: @escaping @Sendable () async throws -> Void,
    _ edit: @escaping @Sendable (inout [Entry]) -> Void
  ) async throws {
    let before = newest
    let task = Task {
      _ = await before?.result
      var next = self.events
      edit(&next)
      let text = String(decoding: try JSONEncoder().encode(next), as: UTF8.self)
      try await self.store.setMeta(Self.key, to: text)
      self.events = next
      try await enforce()
    }
    newest = task
    try await task.value
  }
}

extension EventBook.Entry {
  fileprivate init(_ event: EventAnnouncement) {
    self.init(
      name: event.name, services: event.services, from: event.from.seconds,
      to: event.to.seconds, uplift: event.uplift, rampBefore: event.rise.inSeconds,
      rampAfter: event.fall.inSeconds)
  }

  fileprivate var event: Control.AnnouncedEvent {
    let begin = min(Timestamp(seconds: from) + .seconds(rise ?? 0), Timestamp(seconds: to))
    let end = max(Timestamp(seconds: to) - .seconds(fall ?? 0), begin)
    return Control.AnnouncedEvent(
      name: name, from: begin, to: end, uplift: uplift ?? 1,
      rise: .seconds(rise ?? rampBefore ?? 0), fall: .seconds(fall ?? rampAfter ?? 0),
      isLearned: uplift == nil)
  }
}

extension [EventBook.Entry] {
  fileprivate var byService: [ServiceID: [Control.AnnouncedEvent]] {
    reduce(into: [:]) { events, entry in
      for service in entry.services { events[service, default: []].append(entry.event) }
    }
  }
}

extension ServeConfiguration {
  /// With events that were announced besides those of the file, which keep their names.
  func adding(_ announced: [ServiceID: [Control.AnnouncedEvent]]) -> ServeConfiguration {
    var result = self
    let taken = Set(services.flatMap { $0.policy.eventNames })
    for index in services.indices {
      let events = announced[services[index].policy.id] ?? []
      result.services[index].policy.events += events.filter { !taken.contains($0.name) }
    }
    return result
  }

  /// Whether the file itself has an event of that name.
  func names(_ event: String) -> Bool {
    services.contains { $0.policy.eventNames.contains(event) }
  }
}

extension ServicePolicy {
  fileprivate var eventNames: [String] { events.map(\.name) + calendar.map(\.name) }
}
