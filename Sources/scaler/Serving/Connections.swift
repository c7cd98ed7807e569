import Daemon
import Domain

/// What each service's source and cloud say when they are asked once.
struct Connections {
  struct Report {
    var service: ServiceID
    var observation: Observation
    var problems: [String]

    var line: String {
      let rate = observation.rate.map { "\($0.shortText)/s" } ?? "rate unknown"
      let size = observation.provisioned.map { "\($0) replicas" } ?? "fleet unknown"
      let trouble = problems.isEmpty ? "ok" : problems.joined(separator: "; ")
      return "\(service): \(rate), \(size): \(trouble)"
    }
  }

  static func check(_ world: World) async -> [Report] {
    await Observer(wiring: world.wiring).observe(world.wiring.services, at: world.clock.now)
      .map { Report(service: $0.service, observation: $0.observation, problems: $0.problems) }
  }
}
