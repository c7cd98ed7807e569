import Control
import Daemon
import Domain
import Logging
import ServiceLifecycle
import Storage
import Synchronization
import UnixSignals

/// The configuration in force, without the events that were announced besides it, and the world that
/// it made.
final class LiveConfiguration: Sendable {
  private let state: Mutex<(configuration: ServeConfiguration, world: World)>

  init(_ configuration: ServeConfiguration, world: World) {
    state = Mutex((configuration, world))
  }

  var configuration: ServeConfiguration { state.withLock { $0.configuration } }
  var world: World { state.withLock { $0.world } }

  func replace(_ configuration: ServeConfiguration, world: World) {
    state.withLock { $0 = (configuration, world) }
  }
}

/// SIGHUP reads the configuration again. It comes into force whole, or the one in force stays and the
/// log says why.
struct Reloading: Service {
  let live: LiveConfiguration
  let loop: ControlLoop
  let shown: Shown
  let store: Store
  let book: EventBook
  /// What the command line says instead of the file.
  let port: Int?
  let speed: Double?
  let logger: Logger

  func run() async throws {
    let signals = await UnixSignalsSequence(trapping: .sighup)
    for await _ in signals.cancelOnGracefulShutdown() {
      do {
        try await reload()
        logger.notice("the configuration was reloaded")
      } catch {
        logger.error("the configuration was not reloaded, the one in force stays: \(error)")
      }
    }
  }

  private func reload() async throws {
    let old = live.configuration
    var new = try ServeConfiguration(path: old.file)
    if let port { new.server.port = port }
    if let fixed = old.firstFixedDifference(from: new) {
      throw ConfigurationError(
        file: old.file, message: "`\(fixed)` changes only with a restart of the service")
    }
    let (whole, problems) = await new.withDiscovered(
      at: live.world.clock.now, after: old)
    // Half of the services is not the configuration that was written.
    if let problem = problems.first {
      throw ConfigurationError(file: old.file, message: problem)
    }
    try await enforce(whole)
  }

  /// Takes up services that a fleet query has come to know.
  func takeUpDiscovered() async {
    let old = live.configuration
    let (new, problems) = await old.withDiscovered(at: live.world.clock.now)
    for problem in problems { logger.warning("\(problem)") }
    guard new.services.count > old.services.count else { return }
    do {
      try await enforce(new)
    } catch {
      logger.error("services that were found could not be taken up: \(error)")
    }
  }

  /// The same configuration with the events that are announced now.
  func enforceAgain() async throws { try await enforce(live.configuration) }

  private func enforce(_ new: ServeConfiguration) async throws {
    let world = live.world
    let whole = new.adding(await book.announced)
    // Simulated fleets go on in the next world where they are in this one.
    try await world.saveFleets(to: store)
    let next = try await World(whole, store: store, speed: speed, after: world)
    try await loop.reconfigure(next.wiring)
    live.replace(new, world: next)
    shown.show(whole, store: store, clock: next.clock)
  }
}

extension ServeConfiguration {
  /// What cannot change while the service runs, by its key; nil if all of that is the same.
  fileprivate func firstFixedDifference(from other: ServeConfiguration) -> String? {
    if server != other.server { return "server" }
    if storePath != other.storePath || retention != other.retention { return "store" }
    if leadership?.place != other.leadership?.place { return "leadership" }
    return nil
  }
}
