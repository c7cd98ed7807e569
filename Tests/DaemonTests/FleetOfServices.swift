import Control
import Domain
import Logging
import Storage
import Testing

@testable import Daemon

/// A clock that a test moves by ticking itself.
struct StandingClock: DaemonClock {
  let now: Timestamp

  func sleep(until time: Timestamp) async throws { try await Task.sleep(for: .seconds(3600)) }
}

/// Many services that differ in their connections only, in mode `observe`.
struct FleetOfServices {
  let services: [ServiceID]
  let loop: ControlLoop
  let board = StatusBoard()

  /// - Parameter connect: sets what one service is connected to, and its policy.
  init(
    _ names: [String], sources: [String: any MetricSource],
    clouds: [String: any CloudAdapter] = [:], store: Store, clock: any DaemonClock,
    connect: (Int, inout ServiceWiring) -> Void = { _, _ in }
  ) throws {
    var wired: [ServiceWiring] = []
    for (index, name) in names.enumerated() {
      let policy = ServicePolicy(
        id: try #require(ServiceID(name)), mode: .observe,
        fleet: FleetPolicy(ratePerReplica: 50, boot: .seconds(60), min: 2, max: 100),
        forecast: ForecastPolicy(isEnabled: false), hasQueueSignal: false, hasFleetSignal: false)
      var service = ServiceWiring(policy: policy, demandSource: sources.keys.sorted().first)
      connect(index, &service)
      wired.append(service)
    }
    services = wired.map(\.policy.id)
    var logger = Logger(label: "test")
    logger.logLevel = .critical
    loop = ControlLoop(
      wiring: Wiring(services: wired, sources: sources, clouds: clouds), store: store, clock: clock,
      board: board, logger: logger)
    if let clock = clock as? SteppingClock {
      let loop = loop
      clock.onSettle { await loop.settle() }
    }
  }

  func status(of service: ServiceID) -> StatusBoard.Service? { board.status.services[service] }
}

/// Waits until something is so, which the test then states.
func eventually(_ condition: () -> Bool) async throws {
  for _ in 0..<4000 where !condition() { try await Task.sleep(for: .milliseconds(5)) }
}
