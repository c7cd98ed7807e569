import Control
import Domain
import Storage
import Synchronization
import Testing

@testable import Daemon

/// Answers when the test says so.
private final class HeldSource: MetricSource {
  struct State {
    var isHeld = true
    var calls = 0
    var wasGivenUp = false
    var deadlines: [ServiceID: Duration] = [:]
  }

  let state = Mutex(State())

  func observe(
    _ services: [ServiceID], at time: Timestamp, deadline: Duration
  ) async -> [MetricReading] {
    state.withLock { state in
      state.calls += 1
      for service in services { state.deadlines[service] = deadline }
    }
    while state.withLock({ $0.isHeld }) {
      if Task.isCancelled {
        state.withLock { $0.wasGivenUp = true }
        break
      }
      try? await Task.sleep(for: .milliseconds(2))
    }
    return services.map { _ in MetricReading(rate: 100) }
  }

  func history(of service: ServiceID, from: Timestamp, to: Timestamp) async throws(SourceError)
    -> TimeSeries?
  { nil }
}

@Suite("A slow source")
struct SlowSourceTests {
  private let start = ScriptedDaemon.start

  @Test("F-23 whoever does not need it is decided meanwhile, tick after tick")
  func othersDoNotWait() async throws {
    let slow = HeldSource()
    let fleet = try FleetOfServices(
      ["fast", "slow"], sources: ["fast": ScriptedSource(hasHistory: false), "slow": slow],
      store: try Store.inMemory(), clock: StandingClock(now: start)
    ) { index, service in
      service.demandSource = index == 0 ? "fast" : "slow"
      // The slow one may take more time than this test does.
      if index == 1 { service.policy.timing.interval = .seconds(3600) }
    }
    try await fleet.loop.recover()
    await fleet.loop.tick(fleet.services)
    try await eventually { fleet.status(of: fleet.services[0])?.decision != nil }
    #expect(fleet.status(of: fleet.services[0])?.decision != nil)
    // It is decided a moment before it may be looked at again.
    for _ in 0..<4000 where fleet.status(of: fleet.services[0])?.ticks == 1 {
      await fleet.loop.tick(fleet.services)
      try await Task.sleep(for: .milliseconds(5))
    }
    #expect(fleet.status(of: fleet.services[0])?.ticks == 2)
    slow.state.withLock { state in
      #expect(!state.wasGivenUp)
      #expect(state.calls == 1, "one that has not answered is not asked once more")
      state.isHeld = false
    }
    #expect(fleet.status(of: fleet.services[1])?.observation == nil)
    await fleet.loop.settle()
    #expect(fleet.status(of: fleet.services[1])?.observation?.rate == 100)
    #expect(fleet.status(of: fleet.services[1])?.decision != nil)
  }

  @Test("F-23 a source may take 0.4 of the interval of each service, whoever else is due")
  func ownDeadlines() async throws {
    let source = HeldSource()
    source.state.withLock { $0.isHeld = false }
    let fleet = try FleetOfServices(
      ["seven", "sixty"], sources: ["s": source], store: try Store.inMemory(),
      clock: StandingClock(now: start)
    ) { index, service in
      service.policy.timing.interval = index == 0 ? .seconds(7) : .seconds(60)
    }
    try await fleet.loop.recover()
    await fleet.loop.tick(fleet.services)
    await fleet.loop.settle()
    let deadlines = source.state.withLock { $0.deadlines }
    for (service, interval) in zip(fleet.services, [7.0, 60.0]) {
      let deadline = try #require(deadlines[service])
      #expect(deadline < .seconds(0.4 * interval) && deadline > .seconds(0.3 * interval))
    }
  }
}
