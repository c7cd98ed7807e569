import Control
import Domain
import Logging
import Storage
import Synchronization

extension ControlLoop {
  /// Notes what the store lacks of the past of services that enter, before anything of their present
  /// is stored: from then on the newest sample no longer tells.
  func rememberGaps(of entering: [ServiceWiring], at now: Timestamp) async {
    var facts: [(key: String, value: String?)] = []
    var sources: [String: [ServiceID]] = [:]
    let stored = entering.isEmpty ? nil : try? store.meta(startingWith: Self.gapsKey)
    for service in entering {
      let id = service.policy.id
      guard let name = service.demandSource, let source = wiring.sources[name],
        !source.historyGroups(of: [id]).isEmpty
      else { continue }
      var known = stored?[Self.gapsKey(id)].map { HistoryGaps($0) } ?? HistoryGaps()
      let wanted = now - service.policy.forecast.history
      let newest = store.newest(of: id, metric: .rate)
      let from = newest.map { $0.time + .seconds(1) } ?? wanted
      if from < now { known.add(from..<now) }
      known.drop(before: wanted)
      gaps[id] = known
      facts.append((Self.gapsKey(id), known.text))
      if known.newest != nil { sources[name, default: []].append(id) }
    }
    await keep(facts)
    for (name, services) in sources.sorted(by: { $0.key < $1.key }) {
      queueBackfills(of: services, from: name)
    }
  }

  private func queueBackfills(of services: [ServiceID], from name: String) {
    let alike = Dictionary(grouping: services.sorted()) { gaps[$0]?.days ?? [] }.values
    for services in alike.sorted(by: { $0[0] < $1[0] }) {
      for group in wiring.sources[name]?.historyGroups(of: services) ?? [] {
        backfills.add(BackfillQueue.Job(source: name, services: group))
      }
    }
  }

  private static let gapsKey = "history.gaps."
  private static func gapsKey(_ id: ServiceID) -> String { gapsKey + id.name }

  private func keep(_ facts: [(key: String, value: String?)]) async {
    guard !facts.isEmpty else { return }
    do {
      try await store.setMeta(facts)
    } catch {
      board.storeFailed(error.description)
      logger.error("what the history lacks was not noted: \(error)")
    }
  }

  /// Starts what is due, as far as others leave room.
  func startBackfills() {
    while let job = backfills.start(at: clock.now) { start { await $0.backfill(job) } }
  }

  /// Fills what the store does not have yet from a source that keeps a history, away from the ticks,
  /// and fits as soon as that gave a service its first history.
  private func backfill(_ job: BackfillQueue.Job) async {
    let served = job.services.filter { services[$0]?.demandSource == job.source }
    let given = Mutex<[ServiceID: Int]>([:])
    var failure: SourceError?
    do {
      while let source = wiring.sources[job.source], let span = newestGap(of: served) {
        try await source.readHistory(of: served, from: span.lowerBound, to: span.upperBound) {
          part throws(SourceError) in
          given.withLock { given in
            for (id, series) in part.series { given[id, default: 0] += series.knownCount }
          }
          try await self.store(part, of: served)
        }
        await close(served, from: span.lowerBound)
      }
    } catch {
      failure = error
    }
    let values = given.withLock { $0.filter { $0.value > 0 } }
    if !values.isEmpty {
      let count = values.values.reduce(0, +)
      logger.info("\(Self.naming(values.keys.sorted())): \(count) values of history")
    }
    for id in values.keys.sorted() { await fitFirst(id) }
    if let failure, !backfills.isClosed {
      let pause = backfills.fail(job, at: clock.now)
      logger.warning(
        "no history of \(Self.naming(served)) from \(job.source): \(failure); asked again in \(pause.shortText)"
      )
    } else {
      backfills.finish()
    }
    startBackfills()
  }

  private static func naming(_ services: [ServiceID]) -> String {
    services.count == 1 ? "\(services[0])" : "\(services.count) services"
  }

  private func newestGap(of services: [ServiceID]) -> Range<Timestamp>? {
    let newest = services.compactMap { gaps[$0]?.newest }
    guard let low = newest.map(\.lowerBound).min(), let high = newest.map(\.upperBound).max()
    else { return nil }
    return low..<high
  }

  private func store(_ part: HistoryPart, of services: [ServiceID]) async throws(SourceError) {
    // One that is no longer configured keeps nothing.
    let wanted = part.series.filter { self.services[$0.key] != nil }
    do {
      _ = try await store.importSeries(wanted, metric: .rate)
    } catch {
      throw .unavailable(error.description)
    }
    await close(services, from: part.reached)
  }

  private func close(_ services: [ServiceID], from time: Timestamp) async {
    var facts: [(key: String, value: String?)] = []
    for id in services {
      guard var known = gaps[id] else { continue }
      known.close(from: time)
      guard known != gaps[id] else { continue }
      gaps[id] = known
      facts.append((Self.gapsKey(id), known.text))
    }
    await keep(facts)
  }

  private func fitFirst(_ id: ServiceID) async {
    guard let service = services[id], service.policy.forecast.isEnabled,
      autoscalers[id]?.forecast == nil
    else { return }
    let step = DemandFitting.step(for: service.policy)
    let timing = service.policy.timing
    // The step that the next tick will open: the model must not see it before the tick does.
    let time = (clock.now - timing.lag - timing.interval / 2).floored(to: step)
    await fit(
      FitRequest(
        service: id, time: time, step: step, from: time - service.policy.forecast.history,
        boot: service.policy.fleet.boot, isFirst: true))
  }
}
