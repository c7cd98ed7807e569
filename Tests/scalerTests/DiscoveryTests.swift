import Adapters
import Control
import Domain
import Testing
import Web

@testable import scaler

@Suite("Discovery and remote-write in the configuration")
struct DiscoveryTests {
  private func parse(_ text: String) throws -> ServeConfiguration {
    try ServeConfiguration(YAMLDocument(text: text, file: "c.yaml"))
  }

  private static let sources = """
    sources: { prom: { kind: prometheus, url: http://127.0.0.1:9090 }, pushed: { kind: push } }
    clouds: { fake: { kind: simulated } }

    """
  private static let from = """
    from: { source: prom, demand: sum by (app) (r), queue: sum by (app) (q), label: app,
      defaults: { mode: desired, fleet: { rate_per_replica: 40, boot: 90s, min: 3, max: 200 },
        cloud: { name: fake } } }
    """

  @Test("one entry feeds many services with its defaults, alone or among others")
  func entries() throws {
    for services in [
      "services: { \(Self.from) }",
      """
      services:
        - { id: web, fleet: { rate_per_replica: 1, boot: 1s, max: 2 } }
        - { \(Self.from) }
      """,
    ] {
      let configuration = try parse(Self.sources + services)
      #expect(
        configuration.services.map(\.policy.id.name) == (services.contains("web") ? ["web"] : []))
      let discovery = try #require(configuration.discoveries.first)
      let found = discovery.service(.named("shop/checkout"))
      #expect(found.policy.id.name == "shop/checkout")
      #expect(found.policy.mode == .desired)
      #expect(found.policy.fleet.min == 3)
      #expect(found.policy.hasQueueSignal)
      #expect(found.isDiscovered)
      #expect(found.demand?.source == "prom")
      #expect(found.cloud?.name == "fake")
      #expect(
        configuration.fleetQueries(of: "prom") == [
          .init(.init(demand: "sum by (app) (r)", queue: "sum by (app) (q)"), label: "app")
        ])
      #expect(configuration.fleetQueries(of: "pushed").isEmpty)
    }
  }

  @Test(
    "F-10: what cannot discover is refused with what to do",
    arguments: [
      ("source: prom", "source: pushed", "cannot discover services: a prometheus source can"),
      ("source: prom", "source: other", "names the source `other`, which does not exist"),
      ("name: fake", "name: none", "names the cloud `none`, which does not exist"),
      ("label: app,", "", "needs the key `label`"),
      ("mode: desired,", "id: x,", "unknown key `services.from.defaults.id`"),
      ("min: 3", "min: 300", "must not be less than `min`"),
    ])
  func refusals(part: String, replacement: String, message: String) throws {
    let text = Self.sources + "services: { \(Self.from) }"
    #expect {
      try parse(text.replacing(part, with: replacement))
    } throws: { error in
      "\(error)".contains(message)
    }
  }

  @Test("remote-write's labels and metrics are named at the push source")
  func remoteWrite() throws {
    #expect(try parse("services: []").remoteWrite == RemoteWriteMapping())
    let mapping = try parse(
      """
      services: []
      sources:
        pushed:
          kind: push
          remote_write: { service: app, replica: r, requests: [a_total, b_total], queue: depth }
      """
    ).remoteWrite
    #expect(mapping.serviceLabel == "app")
    #expect(mapping.replicaLabel == "r")
    #expect(
      mapping.metrics == ["a_total": .requests, "b_total": .requests, "depth": .queue])
    #expect {
      try parse(
        "services: []\nsources: { p: { kind: push, remote_write: { rate: x, queue: [x] } } }")
    } throws: { error in
      "\(error)".contains("names a metric that has a meaning already")
    }
  }
}

extension ServiceID {
  static func named(_ name: String) -> ServiceID {
    guard let id = ServiceID(name) else { preconditionFailure("\(name) is not a service's name") }
    return id
  }
}
