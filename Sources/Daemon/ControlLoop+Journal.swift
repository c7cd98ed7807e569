import Control
import Domain
import Logging
import Storage

extension ControlLoop {
  /// Appends events in one transaction. Models of fits are stored before the entries that name
  /// them.
  ///
  /// - Returns: The first entry's number; the others follow without a gap.
  func journal(_ events: [JournalledEvent]) async throws(StoreError) -> Int64 {
    for entry in events {
      guard case .fitted(let fitted) = entry.event else { continue }
      try await store.saveModel(
        StoredModel(
          service: entry.service, hash: fitted.hash.description, kind: "lead_demand", version: 1,
          bytes: fitted.modelBytes, fittedAt: fitted.deliveredAt))
    }
    return try await store.appendEvents(events.map(\.entry))
  }

  /// Saves the state of services whose snapshot is due, so that a replay starts there.
  func saveSnapshots(at now: Timestamp, all: Bool = false) async {
    let due = order.filter { all || (nextSnapshot[$0] ?? now) <= now }
    let snapshots = due.compactMap { id -> Snapshot? in
      guard let autoscaler = autoscalers[id], let sequence = handled[id] else { return nil }
      return Snapshot(service: id, sequence: sequence, version: 1, bytes: autoscaler.snapshot)
    }
    guard !snapshots.isEmpty else { return }
    do {
      try await store.saveSnapshots(snapshots)
      for id in due { nextSnapshot[id] = now + Self.snapshotInterval }
    } catch {
      board.storeFailed(error.description)
      logger.error("no snapshots: \(error)")
    }
  }

  /// Stores the observed values as history. A rate covers the interval that ended `lag` ago; a
  /// queue and a ready count are of the instant.
  func keepSamples(of observed: [(ServiceWiring, Observation)]) async {
    var samples: [Sample] = []
    for (service, observation) in observed {
      let id = service.policy.id
      let timing = service.policy.timing
      if let rate = observation.rate {
        samples.append(
          Sample(
            service: id, metric: .rate, time: observation.time - timing.lag - timing.interval,
            value: rate))
      }
      if let queue = observation.queue {
        samples.append(
          Sample(service: id, metric: .queue, time: observation.time, value: queue))
      }
      if let ready = observation.ready {
        samples.append(
          Sample(service: id, metric: .ready, time: observation.time, value: Double(ready)))
      }
    }
    samples = unsaved + samples
    guard !samples.isEmpty else { return }
    unsaved = []
    do {
      // Whoever decides does not wait for a lock once it is known.
      if store.isOnReserve { throw StoreError.overloaded(file: store.file) }
      let refusals = try await store.append(samples, now: clock.now)
      board.noteSamples(
        accepted: refusals.count { $0 == nil }, refused: refusals.count { $0 != nil })
    } catch {
      unsaved = samples.filter { clock.now.since($0.time) <= Self.longestUnsaved } + unsaved
      guard !store.isOnReserve else { return }
      board.storeFailed("\(error)")
      logger.error("observed values are not stored yet: \(error)")
    }
  }

  /// How long observed values wait in memory for a store that takes none.
  static let longestUnsaved: Duration = .seconds(900)
}

extension JournalledEvent {
  /// As the journal keeps it.
  var entry: JournalEntry {
    let encoded = event.encoded
    return JournalEntry(
      service: service, time: event.time, kind: encoded.kind.rawValue, version: encoded.version,
      bytes: encoded.bytes, model: event.modelHash)
  }
}

extension Event {
  /// The stored model that the journal's entry refers to.
  var modelHash: String? {
    if case .fitted(let fitted) = self { return fitted.hash.description }
    return nil
  }
}
