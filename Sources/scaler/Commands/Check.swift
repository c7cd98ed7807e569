import Adapters
import ArgumentParser
import Domain
import Foundation
import Storage

struct Check: ScalerCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Validate a configuration, and with --connect what it is connected to.")

  @Option(help: "The configuration file.")
  var config: String

  @Flag(help: "Also ask each source and cloud once.")
  var connect = false

  func perform() async throws {
    let configuration = try ServeConfiguration(path: config)
    Terminal.say(
      "\(config): \(configuration.services.count) services, \(configuration.sources.count) sources, "
        + "\(configuration.clouds.count) clouds: ok")
    guard connect else { return }
    let world = try await World(configuration.discovered(), store: try Store.inMemory(), speed: nil)
    let reports = await Connections.check(world)
    for report in reports { print(report.line) }
    if reports.contains(where: { !$0.problems.isEmpty }) {
      throw CommandFailure(
        status: .unavailable, message: "not everything answered; see the lines above")
    }
  }
}
