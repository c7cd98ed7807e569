import Control
import Daemon
import Domain
import Foundation
import Storage
import Web

/// What the pages and the API show, taken from the store, the status board and the configuration.
struct WebBridge: Sendable {
  let shown: Shown
  let store: Store
  let board: StatusBoard
  let clock: any DaemonClock
  let pushed: PushedMetrics
  let startedAt: Timestamp

  private var policies: [ServiceID: ServicePolicy] { shown.services.policies }
  private var order: [ServiceID] { shown.services.order }
  private var outlook: Outlook { shown.services.outlook }

  var services: WebServices {
    var services = WebServices(
      now: { clock.now },
      services: { order.compactMap(status) },
      service: { status(of: $0) },
      samples: { service, metric, grid in
        try await store.series(
          of: service, metric: metric, from: grid.from, to: grid.to, step: grid.step)
      },
      targets: { try await targets(of: $0, over: $1) },
      decisions: { service, limit in
        try await store.decisions(of: service, limit: limit).map(\.decision)
      },
      forecast: { try await outlook.curve(of: $0) },
      pastForecast: { try await outlook.past(of: $0, over: $1) },
      accuracy: {
        try await outlook.accuracy(of: $0, standing: board.status.services[$0]?.standing)
      },
      replicas: { answer(for: $0) },
      ingest: { try await ingest($0) },
      metrics: { metrics() },
      readiness: { readiness() })
    services.failure = { store.failure?.description }
    return services
  }

  private func status(of id: ServiceID) -> ServiceStatus? {
    guard let policy = policies[id] else { return nil }
    let state = board.status
    let service = state.services[id]
    var problems = (service?.problems ?? []) + (state.storeProblem.map { [$0] } ?? [])
    if let quarantine = state.quarantine { problems.append(quarantine) }
    if let breaker = state.breaker {
      problems.append("The fleet-wide breaker is open, so nothing shrinks: \(breaker).")
    }
    if let failure = service?.lastFit?.failure { problems.append("No forecast yet: \(failure).") }
    problems += (service?.findings ?? []).map { $0 + "." }
    let now = clock.now
    let override = service?.override.flatMap {
      now < $0.until ? FixedSize(replicas: $0.replicas, until: $0.until) : nil
    }
    let frozenUntil = service?.frozenUntil.flatMap { now < $0 ? $0 : nil }
    if let override {
      problems.append(
        "An operator fixed the size at \(override.replicas) until \(override.until).")
    }
    if let frozenUntil { problems.append("An operator froze the size until \(frozenUntil).") }
    var result = ServiceStatus(
      id: id, mode: ServiceStatus.Mode(rawValue: policy.mode.rawValue) ?? .observe,
      ratePerReplica: policy.fleet.ratePerReplica, minimum: policy.fleet.min,
      maximum: policy.fleet.max, queueLimit: policy.objective.queueMax,
      offsets: policy.forecast.zone, observation: service?.observation,
      decision: service?.decision, problems: problems,
      events: policy.events(within: Self.shownEvents(around: now)).map {
        AnnouncedEvent(name: $0.name, from: $0.from, to: $0.to)
      },
      times: service.map { $0.times(of: policy) })
    result.forecast = service?.standing.map(ForecastHealth.init)
    result.isLevelShifted = service?.isLevelShifted ?? false
    result.violationBudgetSpent = service?.spentShare
    result.override = override
    result.frozenUntil = frozenUntil
    return result
  }

  /// As far as pictures reach back, and further than they look ahead.
  private static func shownEvents(around now: Timestamp) -> TimeSpan {
    TimeSpan(from: now - .seconds(35 * 86_400), to: now + .seconds(35 * 86_400))
  }

  private func targets(of id: ServiceID, over grid: TimeGrid) async throws -> [TargetChange] {
    let first = try await store.decision(of: id, at: grid.from)
    let later = try await store.decisions(of: id, limit: 5000, before: grid.to)
      .filter { $0.decision.time > grid.from }
    return TargetChange.changes(in: ((first.map { [$0] } ?? []) + later).map(\.decision))
  }

  /// The size to run; not vouched for before the first decision, nor when ticks have stopped.
  private func answer(for id: ServiceID) -> ReplicaAnswer {
    guard let policy = policies[id] else { return .unknown("\(id) is not configured") }
    guard let service = board.status.services[id], let decision = service.decision,
      let seen = service.observation
    else { return .unknown("nothing was decided for \(id) yet") }
    let validUntil = seen.time + policy.timing.interval * 3
    guard clock.now <= validUntil else {
      return .unknown("the last tick of \(id) was at \(seen.time)")
    }
    return .known(
      replicas: decision.target, floor: decision.target, decidedAt: decision.time,
      validUntil: validUntil)
  }

  private func ingest(_ samples: [Sample]) async throws -> [SampleRefusal?] {
    let policies = policies
    let known = samples.filter { policies[$0.service] != nil }
    var refusals = try await store.take(known, now: clock.now)
    if known.count < samples.count {
      var answers = refusals.makeIterator()
      refusals = samples.map {
        policies[$0.service] == nil ? .unknownService : answers.next().flatMap { $0 }
      }
    }
    pushed.take(samples, refusals)
    board.noteSamples(
      accepted: refusals.count { $0 == nil }, refused: refusals.count { $0 != nil })
    return refusals
  }

  private func metrics() -> MetricsSnapshot {
    let status = board.status
    var snapshot = MetricsSnapshot(version: Version.text, startedAt: startedAt)
    snapshot.storeFailures = status.storeFailures
    snapshot.isQuarantined = status.quarantine != nil
    snapshot.isBreakerOpen = status.breaker != nil
    snapshot.isLeader = status.leadership.map { $0 != .follows }
    snapshot.ticks = status.services.values.map(\.ticks).reduce(0, +)
    snapshot.commands = status.commands.sorted { $0.key < $1.key }
      .map { MetricsSnapshot.Count(name: $0.key, count: $0.value) }
    let shown = shown.services
    snapshot.services = shown.order.compactMap { id in
      guard let service = status.services[id], let policy = shown.policies[id] else { return nil }
      return figures(of: service, policy: policy)
    }
    return snapshot
  }

  private func figures(
    of service: StatusBoard.Service, policy: ServicePolicy
  ) -> MetricsSnapshot.Service {
    var figures = MetricsSnapshot.Service(id: policy.id)
    figures.rate = service.observation?.rate
    figures.queue = service.observation?.queue
    figures.ready = service.observation?.ready
    figures.pending = service.observation?.pending.map { $0.reduce(0) { $0 + $1.count } }
    figures.target = service.decision?.target
    figures.minimum = policy.fleet.min
    figures.maximum = policy.fleet.max
    if let forecast = service.forecast {
      figures.forecast = [
        MetricsSnapshot.ForecastLevel(level: forecast.level, value: forecast.upper)
      ]
    }
    figures.decisions = service.decisions
    figures.actions = service.commands
    figures.fits = service.fits
    figures.failedFits = service.failedFits
    figures.fitDuration = service.lastFit?.seconds
    figures.modelAge = service.standing.map { clock.now.since($0.fittedAt).inSeconds }
    figures.health = service.standing.map(ForecastHealth.init)
    figures.isLevelShifted = service.isLevelShifted
    figures.violationBudgetSpent = service.spentShare
    return figures
  }

  private func readiness() -> [ReadinessCheck] {
    let status = board.status
    let ticked = order.allSatisfy { (status.services[$0]?.ticks ?? 0) > 0 }
    return [
      ReadinessCheck(
        name: "store", passes: status.storeProblem == nil,
        detail: status.storeProblem ?? "The store takes what it is given."),
      ReadinessCheck(
        name: "quarantine", passes: true,
        detail: status.quarantine ?? "The store was whole at the start."),
      ReadinessCheck(
        name: "ticks", passes: ticked,
        detail: ticked
          ? "Every service has been observed." : "Not every service has been observed yet."),
      ReadinessCheck(
        name: "breaker", passes: true,
        detail: status.breaker.map { "The fleet-wide breaker is open, nothing shrinks: \($0)." }
          ?? "The fleet-wide breaker is closed."),
    ] + (status.leadership.map { [ReadinessCheck($0)] } ?? [])
  }
}

extension ReadinessCheck {
  /// A follower is as ready as a leader: it answers, decides, and commands nothing.
  fileprivate init(_ leadership: StatusBoard.LeadershipStatus) {
    switch leadership {
    case .leads(let token):
      self.init(
        name: "leadership", passes: true,
        detail: "This process commands, with fencing token \(token).")
    case .follows:
      self.init(
        name: "leadership", passes: true,
        detail: "This process follows: another one may command.")
    }
  }
}
