import Control
import Domain
import Foundation
import Simulation
import Testing

@testable import scaler

@Suite("Configuration")
struct ConfigurationTests {
  private static let service = """
    services:
      - id: web
        fleet: { rate_per_replica: 40, boot: 90s, min: 3, max: 200 }
    """

  @Test("what is not given has the contract's defaults")
  func defaults() throws {
    let policy = try #require(try parse(Self.service).services.first).policy
    #expect(policy.mode == .observe)
    #expect(policy.timing == ControlTiming(interval: .seconds(15), lag: .seconds(15)))
    #expect(policy.objective.violation == 0.001)
    #expect(policy.objective.window == .seconds(28 * 86_400))
    #expect(policy.scaling.risk == .auto)
    #expect(policy.scaling.drain == .seconds(60))
    #expect(policy.scaling.up == nil)
    #expect(policy.scaling.down == StepLimit(amount: .share(0.2), period: .seconds(60)))
    #expect(policy.scaling.stabilization == .seconds(60))
  }

  @Test(
    "F-10: what cannot be taken is refused with its place and what to do",
    arguments: [
      ("serivces: []", "c.yaml:1:1: unknown key `serivces`; did you mean `services`?"),
      (
        "services:\n  - id: web\n    flet: {}",
        "c.yaml:3:5: unknown key `services[0].flet`; did you mean `fleet`?"
      ),
      ("services: [{id: 'a b', fleet: {}}]", "`services[0].id` must be 1 to 200"),
      (
        "services: [{id: a, fleet: {rate_per_replica: 0, boot: 1s, max: 1}}]",
        "`services[0].fleet.rate_per_replica` must be more than 0"
      ),
      (
        "services: [{id: a, fleet: {rate_per_replica: 1, boot: soon, max: 1}}]",
        "must be a duration such as 15s, 5m or 2d3h, not `soon`"
      ),
      (
        "services: [{id: a, fleet: {rate_per_replica: 1, boot: 1s, min: 5, max: 4}}]",
        "`services[0].fleet.max` must not be less than `min`"
      ),
      (
        "services: [{id: a, mode: desired, fleet: {rate_per_replica: 1, boot: 1s, max: 4}}]",
        "`services[0]` needs `demand` in mode desired"
      ),
      (
        "services: [{id: a, demand: {source: prm}, fleet: {rate_per_replica: 1, boot: 1s, max: 4}}]\n"
          + "sources: {prom: {kind: push}}", "did you mean `prom`?"
      ),
      ("sources: {x: {kind: prometeus}}\nservices: []", "`sources.x.kind` is `prometeus`"),
      ("services: &a []\nevents: *a", "has an anchor"),
      ("services:\n\t- id: web", "is not YAML"),
      ("services: []\nservices: []", "a key is given twice"),
      ("", "is empty"),
      (
        "services: [{id: a, fleet: {rate_per_replica: 1, boot: 1s, max: 4}, "
          + "forecast: {timezone: Europe/Berln}}]", "must be a time zone"
      ),
      (
        "services: [{id: a, fleet: {rate_per_replica: 1, boot: 1s, max: 4}, "
          + "forecast: {seasons: [4h, 6h, 12h, 1d, 7d]}}]", "takes at most 4 periods, not 5"
      ),
      (
        "services: [{id: a, fleet: {rate_per_replica: 1, boot: 1s, max: 4}, "
          + "scaling: {down: {max_step: fast}}}]", "must be `none`, `20%/1m` or `5/1m`"
      ),
      ("server: {listen: 8080}\nservices: []", "must be an address and a port"),
    ])
  func refusals(text: String, message: String) throws {
    #expect {
      try parse(text)
    } throws: { error in
      "\(error)".contains(message)
    }
  }

  @Test("an event belongs to the services that it names")
  func events() throws {
    let configuration = try parse(
      Self.service + """

        events:
          - { name: sale, services: [web], from: 2026-11-27T08:00:00Z, to: 2026-11-27T23:00:00Z, uplift: 3 }
        """)
    #expect(configuration.services.first?.policy.events.map(\.name) == ["sale"])
    #expect(throws: ConfigurationError.self) {
      try parse(
        Self.service + """

          events:
            - { name: sale, services: [shop], from: 2026-11-27T08:00:00Z, to: 2026-11-27T23:00:00Z, uplift: 3 }
          """)
    }
  }

  @Test("a zone becomes its table of offsets")
  func zones() throws {
    let berlin = try #require(UTCOffsets(zoneNamed: "Europe/Berlin"))
    #expect(berlin.offset(at: try #require(Timestamp(parsing: "2026-01-15T00:00:00Z"))) == 3600)
    #expect(berlin.offset(at: try #require(Timestamp(parsing: "2026-07-15T00:00:00Z"))) == 7200)
    #expect(berlin.offset(at: try #require(Timestamp(parsing: "2026-03-29T00:59:59Z"))) == 3600)
    #expect(berlin.offset(at: try #require(Timestamp(parsing: "2026-03-29T01:00:00Z"))) == 7200)
  }

  private func parse(_ text: String) throws -> ServeConfiguration {
    try ServeConfiguration(YAMLDocument(text: text, file: "c.yaml"))
  }
}

@Suite("Shipped files")
struct ShippedFileTests {
  @Test(
    "every scenario is read by the decoder that `simulate` uses",
    arguments: try files("models/scenarios"))
  func scenarios(path: String) throws {
    let file = try ScenarioFile(path: path)
    #expect(!file.scenario.policies.isEmpty)
    #expect(throws: Never.self) { try file.scenario.validate(trace: file.trace) }
  }

  @Test("every service file is read", arguments: try files("models/services"))
  func services(path: String) throws {
    #expect(throws: Never.self) { try ServiceConfiguration(YAMLDocument(path: path).root) }
  }

  @Test("every configuration under deploy is read", arguments: try files("deploy"))
  func configurations(path: String) throws {
    let configuration = try ServeConfiguration(path: path)
    #expect(!configuration.services.isEmpty)
  }

  private static func files(_ folder: String) throws -> [String] {
    let url = checkout.appendingPathComponent(folder)
    return try FileManager.default.contentsOfDirectory(atPath: url.path)
      .filter { $0.hasSuffix(".yaml") }.sorted()
      .map { url.appendingPathComponent($0).path }
  }
}
