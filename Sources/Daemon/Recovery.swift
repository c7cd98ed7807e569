public import Control
public import Domain
import Forecasting
public import Storage

/// A service brought back from its journal.
public struct Recovery: Sendable {
  public var autoscaler: Autoscaler
  /// The newest entry that was handled.
  public var sequence: Int64
  /// The decisions of the replay, in order.
  public var decisions: [Decision] = []

  /// Replays the journal, every service from its newest snapshot, in one pass.
  ///
  /// - Parameters:
  ///   - ignoringSnapshots: Replays all that the journal still holds; a service starts at its first
  ///     `configured` entry or, where that has been dropped with age, at its newest snapshot.
  ///   - changed: Stands in for a configured policy: what would have been decided under another.
  ///   - unreadable: Told of a service whose snapshot or entry this version cannot read, and why; it
  ///     has no past then, until its next `configured` entry. By default that is thrown.
  /// - Returns: The services of which there is a past.
  public static func replay(
    _ store: Store, ignoringSnapshots: Bool = false,
    changed: (ServicePolicy) -> ServicePolicy = { $0 },
    unreadable: (ServiceID, any Error) throws -> Void = { throw $1 }
  ) throws -> [ServiceID: Recovery] {
    var snapshots: [ServiceID: Recovery] = [:]
    for snapshot in try store.newestSnapshots() {
      do {
        snapshots[snapshot.service] = Recovery(
          autoscaler: try Autoscaler(snapshot: snapshot.bytes), sequence: snapshot.sequence)
      } catch {
        try unreadable(snapshot.service, error)
      }
    }
    var services = ignoringSnapshots ? [:] : snapshots
    var position: Int64 = 0
    while true {
      let events = try store.events(after: position, limit: 2000)
      guard let last = events.last else { return services }
      for stored in events {
        let service = stored.entry.service
        if let known = services[service], stored.sequence <= known.sequence { continue }
        let event: Event
        do {
          event = try Self.event(of: stored, in: store, changed: changed)
        } catch let error where error is StateError || error is RecoveryError {
          try unreadable(service, error)
          services[service] = nil
          continue
        }
        if services[service] == nil {
          services[service] = Self.start(at: event, after: snapshots[service], stored.sequence)
        }
        let effects = services[service]?.autoscaler.handle(event) ?? []
        services[service]?.sequence = stored.sequence
        for case .record(let decision) in effects { services[service]?.decisions.append(decision) }
      }
      position = last.sequence
    }
  }

  /// Where a service's replay can start: a configuration, or the snapshot just passed.
  private static func start(
    at event: Event, after snapshot: Recovery?, _ sequence: Int64
  ) -> Recovery? {
    if case .configured(let policy, _) = event {
      return Recovery(autoscaler: Autoscaler(policy: policy), sequence: 0)
    }
    guard let snapshot, snapshot.sequence < sequence else { return nil }
    return snapshot
  }

  private static func event(
    of stored: JournalEvent, in store: Store, changed: (ServicePolicy) -> ServicePolicy
  ) throws -> Event {
    guard let kind = EncodedEvent.Kind(rawValue: stored.entry.kind) else {
      throw RecoveryError.unknownKind(
        stored.entry.kind, service: stored.entry.service, sequence: stored.sequence)
    }
    let encoded = EncodedEvent(
      kind: kind, version: stored.entry.version, bytes: stored.entry.bytes)
    let model = try stored.entry.model.flatMap { try store.model($0) }
    let event = try Event(encoded) { _ in model?.bytes }
    if case .configured(let policy, let time) = event {
      return .configured(changed(policy), at: time)
    }
    return event
  }
}

public enum RecoveryError: Error, Sendable, CustomStringConvertible {
  case unknownKind(String, service: ServiceID, sequence: Int64)

  public var description: String {
    switch self {
    case .unknownKind(let kind, let service, let sequence):
      "entry \(sequence) of the journal (\(service)) is of the kind `\(kind)`, which this version "
        + "does not know: use the version that wrote it"
    }
  }
}
