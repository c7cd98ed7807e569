import Adapters
import ArgumentParser
import Control
import Daemon
import Domain
import Foundation
import Storage

struct Plan: ScalerCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan",
    abstract: "Say what would be commanded now and why, changing nothing.")

  @Option(help: "The configuration file.")
  var config: String

  @Flag(help: "End with 2 if a change is pending.")
  var detailedExitcode = false

  @OptionGroup var output: OutputOptions

  private struct Row: Encodable {
    var service: ServiceID
    var current: Int?
    var target: Int
    var mode: String
    var reason: String
    var trail: [Rule]
    /// What the platform would do with the command, where one would be sent and it can be asked.
    var rehearsal: String?
  }

  func perform() async throws {
    let configuration = try await ServeConfiguration(path: config).discovered()
    let store = try Planning.store(for: configuration)
    let whole = configuration.adding(try EventBook.announced(in: store))
    let world = try await World(whole, store: store, speed: nil)
    let steps = try await Planning.decide(world, store: store)
    let modes = Dictionary(
      world.wiring.services.map { ($0.policy.id, $0.policy.mode) }, uniquingKeysWith: { $1 })
    var rows: [Row] = []
    for step in steps {
      let decision = step.decision
      rows.append(
        Row(
          service: decision.service, current: decision.current, target: decision.target,
          mode: modes[decision.service]?.rawValue ?? "", reason: decision.reason,
          trail: decision.trail, rehearsal: await Planning.rehearse(step.command, in: world)))
    }
    let table = TextTable(
      columns: [
        .init(name: "service", title: "SERVICE"),
        .init(name: "mode", title: "MODE"),
        .init(name: "current", title: "NOW", alignsRight: true),
        .init(name: "target", title: "WANTED", alignsRight: true),
        .init(name: "reason", title: "BECAUSE"),
        .init(name: "rehearsal", title: "THE PLATFORM"),
      ],
      rows: rows.map {
        [
          $0.service.name, $0.mode, $0.current.map(String.init) ?? "?", "\($0.target)", $0.reason,
          $0.rehearsal ?? "",
        ]
      })
    try output.write(table) { try rows.jsonText() }
    if detailedExitcode, rows.contains(where: { $0.current != $0.target }) {
      throw ExitCode(ExitStatus.changesPending.rawValue)
    }
  }
}

/// One decision per service, made on what is known and seen now; nothing is written or sent.
enum Planning {
  struct Step {
    var decision: Decision
    /// What would be sent now; nil where nothing would.
    var command: ScaleCommand?
  }

  /// The configured store to read, or an empty one if there is none yet.
  static func store(for configuration: ServeConfiguration) throws -> Store {
    FileManager.default.fileExists(atPath: configuration.storePath)
      ? try Store.read(configuration.storePath) : try Store.inMemory()
  }

  static func decide(_ world: World, store: Store) async throws -> [Step] {
    let now = world.clock.now
    // As `serve` does: who has no past that can be read starts anew.
    let recovered = try Recovery.replay(
      store,
      unreadable: { Terminal.say("scaler: \($0) has no past that can be read: \($1)") })
    let observed = await Observer(wiring: world.wiring).observe(world.wiring.services, at: now)
    var steps: [Step] = []
    for (service, seen) in zip(world.wiring.services, observed) {
      var autoscaler =
        recovered[service.policy.id]?.autoscaler ?? Autoscaler(policy: service.policy)
      _ = autoscaler.handle(.configured(service.policy, at: now))
      if recovered[service.policy.id] == nil {
        try await fit(&autoscaler, service: service, world: world, store: store)
      }
      // Whoever leads meanwhile: the question is what would be commanded.
      _ = autoscaler.handle(.leadershipChanged(fencingToken: 0, at: now))
      var step: Step?
      for effect in autoscaler.handle(.observed(seen.observation)) {
        guard case .scale(let command) = effect, command.kind != .warmPool else { continue }
        step = autoscaler.lastProposal.map { Step(decision: $0, command: command) }
      }
      if let step = step ?? autoscaler.lastProposal.map({ Step(decision: $0) }) {
        steps.append(step)
      }
    }
    return steps
  }

  /// The platform's own word on a command, where it can be asked without any effect; else nil.
  static func rehearse(_ command: ScaleCommand?, in world: World) async -> String? {
    guard let command,
      let name = world.wiring.services.first(where: { $0.policy.id == command.service })?.cloud,
      let cloud = world.wiring.clouds[name] as? any RehearsingCloud
    else { return nil }
    do {
      switch try await cloud.rehearse(command) {
      case .accepted(let replicas): return "would accept \(replicas)"
      case .unchanged: return "has that already"
      case .refused(let reason): return "would refuse: \(reason)"
      case .unknown(let reason), .notSent(let reason): return "was not asked: \(reason)"
      }
    } catch {
      return "would refuse: \(error.sentence)"
    }
  }

  /// A service without a past in the journal gets its model from the history that is there.
  private static func fit(
    _ autoscaler: inout Autoscaler, service: ServiceWiring, world: World, store: Store
  ) async throws {
    let policy = service.policy
    let step = DemandFitting.step(for: policy)
    let now = world.clock.now
    let end = now.floored(to: step)
    var history = try await store.series(
      of: policy.id, metric: .rate, from: end - policy.forecast.history, to: end, step: step,
      statistic: .interpolatedMean)
    if history.knownCount == 0,
      let source = service.demandSource.flatMap({ world.wiring.sources[$0] }),
      let past = try await source.history(
        of: policy.id, from: end - policy.forecast.history, to: end)
    {
      let scratch = try Store.inMemory()
      _ = try await scratch.importSeries(past, service: policy.id, metric: .rate)
      history = try await scratch.series(
        of: policy.id, metric: .rate, from: end - policy.forecast.history, to: end, step: step,
        statistic: .interpolatedMean)
    }
    if case .success(let fitted) = DemandFitting.fit(
      history, policy: policy, deliveredAt: now, isFirst: true)
    {
      _ = autoscaler.handle(.fitted(fitted))
    }
  }
}
