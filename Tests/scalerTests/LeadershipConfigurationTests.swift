import Testing

@testable import scaler

@Suite("The section `leadership`")
struct LeadershipConfigurationTests {
  private static let service = """
    services:
      - id: web
        fleet: { rate_per_replica: 40, boot: 90s, max: 200 }
    """

  private func parse(_ text: String) throws -> ServeConfiguration {
    try ServeConfiguration(YAMLDocument(text: text, file: "c.yaml"))
  }

  @Test("without it this process is the only one; the lag is measured unless it is given")
  func defaults() throws {
    let configuration = try parse(Self.service)
    #expect(configuration.leadership == nil)
    #expect(configuration.services.first?.measuresLag == true)
    let given = Self.service + "\n    control: { lag: 5s }"
    #expect(try parse(given).services.first?.measuresLag == false)
    let automatic = Self.service + "\n    control: { lag: auto }"
    #expect(try parse(automatic).services.first?.measuresLag == true)
  }

  @Test(
    "what cannot be taken is refused with what to do",
    arguments: [
      ("leadership: { kind: zookeeper, cloud: demo }", "is `zookeeper`, not a kind of leadership"),
      ("leadership: { kind: kubernetes-lease }", "`leadership` needs the key `cloud`"),
      (
        "leadership: { kind: kubernetes-lease, cloud: demo }",
        "must name a cloud of the kind kubernetes"
      ),
      (
        "leadership: { kind: kubernetes-lease, cloud: nowhere }",
        "must name a cloud of the kind kubernetes"
      ),
      (
        "leadership: { kind: kubernetes-lease, cloud: demo, lease: x }",
        "unknown key `leadership.lease`"
      ),
    ])
  func refusals(section: String, message: String) throws {
    let text = "clouds: { demo: { kind: simulated } }\n\(Self.service)\n\(section)"
    let error = try #require(throws: ConfigurationError.self) { try parse(text) }
    #expect(error.description.contains(message), "\(error)")
  }
}
