import ArgumentParser
import Control
import Daemon
import Domain
import Foundation
import Logging
import ServiceLifecycle
import Storage
import UnixSignals
import Web

struct Serve: ScalerCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve",
    abstract: "Run the service: observe, forecast, decide, command, and serve API and dashboard.")

  @Option(help: "The configuration file.")
  var config: String

  @Option(help: "Listen on this port instead of the configured one; 0 picks a free one.")
  var port: Int?

  @Option(help: "Play replayed traces this many times as fast as configured.")
  var speed: Double?

  func perform() async throws {
    let started = ContinuousClock.now
    var configuration = try ServeConfiguration(path: config)
    if let port { configuration.server.port = port }
    if let speed, !(speed > 0 && speed <= 10_000) {
      throw CommandFailure(status: .usage, message: "--speed is more than 0 and at most 10000")
    }
    let address = try ListenAddress(
      host: configuration.server.host, port: configuration.server.port)
    let store = try Store.open(
      configuration.storePath,
      quarantining: Timestamp(seconds: Int64(Date().timeIntervalSince1970)), reserving: true)
    let progress = ServeProgress(since: started)
    progress.say("store \(configuration.storePath) is open")
    let board = StatusBoard()
    if let quarantine = store.quarantine {
      Terminal.say("scaler: \(quarantine)")
      board.noteQuarantine("\(quarantine). Nothing shrinks before a whole window has been seen.")
    }

    let logger = Self.logger(configuration.server)
    let wall = Timestamp(seconds: Int64(Date().timeIntervalSince1970))
    let (found, problems) = await configuration.withDiscovered(at: wall)
    configuration = found
    for problem in problems { logger.warning("\(problem)") }
    let book = try EventBook(store)
    let whole = configuration.adding(await book.announced)
    let world = try await World(whole, store: store, speed: speed)
    let loop = ControlLoop(
      wiring: world.wiring, store: store, clock: world.clock, board: board, logger: logger,
      leadership: configuration.competition(now: { [clock = world.clock] in clock.now }))
    let shown = Shown(whole, store: store, clock: world.clock)
    let web = WebBridge(
      shown: shown, store: store, board: board, clock: world.clock, pushed: world.pushed,
      startedAt: world.clock.now)
    var services = web.services
    let live = LiveConfiguration(configuration, world: world)
    services.export = ProvisioningDesk(store: store) { live.configuration }.answer
    let reloading = Reloading(
      live: live, loop: loop, shown: shown, store: store, book: book, port: port, speed: speed,
      logger: logger)
    services.desk = OperatorDesk(loop, reloading)
    let server = WebServer(
      configuration: WebConfiguration(
        address: address, remoteWrite: configuration.remoteWrite),
      services: services, logger: logger
    ) { port in
      progress.say("the dashboard is at http://\(address.host):\(port)/")
    }
    let keeper = StoreKeeper(
      store: store, retention: configuration.retention, clock: world.clock, board: board,
      logger: logger)
    progress.say("\(configuration.services.count) services, from \(world.clock.now)")
    var running: [any Service] = [LoopService(loop: loop), server, keeper, reloading]
    if !configuration.discoveries.isEmpty {
      running.append(Discovering(reloading: reloading, clock: world.clock))
    }
    let group = ServiceGroup(
      configuration: ServiceGroupConfiguration(
        services: running.map {
          .init(
            service: $0, successTerminationBehavior: .gracefullyShutdownGroup,
            failureTerminationBehavior: .gracefullyShutdownGroup)
        },
        gracefulShutdownSignals: [.sigterm, .sigint], logger: logger))
    do {
      try await group.run()
    } catch is CancellationError {
      // The clock's sleep ends that way when a signal stops the services.
    }
    try await live.world.saveFleets(to: store)
    try await store.close()
    progress.say("stopped; everything is stored")
  }

  private static func logger(_ server: ServeConfiguration.Server) -> Logger {
    let format = server.logFormat
    var logger = Logger(label: "scaler") { _ in LineLog(format: format) }
    logger.logLevel =
      switch server.logLevel {
      case .debug: .debug
      case .info: .info
      case .warning: .warning
      case .error: .error
      }
    return logger
  }
}

/// What `serve` did so far, with the time it took, for the person who started it.
struct ServeProgress: Sendable {
  let since: ContinuousClock.Instant

  func say(_ what: String) {
    let seconds = (ContinuousClock.now - since).inSeconds
    Terminal.say("\(seconds.formatted(.number.precision(.fractionLength(2)))) s  \(what)")
  }
}

/// The control loop as one of the program's services: it stops at once, and what it started is
/// given a moment to settle.
private struct LoopService: Service {
  let loop: ControlLoop

  func run() async throws {
    do {
      try await cancelWhenGracefulShutdown { try await loop.run() }
    } catch is CancellationError {}
    await loop.stop()
  }
}
