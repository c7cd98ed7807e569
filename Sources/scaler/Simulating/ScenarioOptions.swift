import ArgumentParser
import Simulation

/// Which world to simulate: a scenario file, or a trace with a service.
struct ScenarioOptions: ParsableArguments {
  @Option(help: "A scenario file.")
  var scenario: String?

  @Option(help: "A trace (CSV); with --service, instead of a scenario.")
  var trace: String?

  @Option(help: "A service file, for --trace.")
  var service: String?

  @Option(help: "Multiply the evaluated demand.")
  var growth: Double?

  func file() throws -> ScenarioFile {
    switch (scenario, trace, service) {
    case (let path?, nil, nil): return try ScenarioFile(path: path, growth: growth)
    case (nil, let trace?, let service?):
      return try ScenarioFile(trace: trace, service: service, growth: growth)
    default:
      throw CommandFailure(
        status: .usage, message: "give either --scenario, or --trace with --service")
    }
  }
}
