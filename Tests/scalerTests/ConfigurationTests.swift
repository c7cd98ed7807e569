import Control
import Domain
import Forecasting
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

  @Test("what is given of limits, dead-bands, shared resources and prices is in the policy")
  func limits() throws {
    let policy = try #require(
      try parse(
        Self.service + """

              scaling:
                risk: 0.02
                utilization: 0.8
                drain: 90s
                up: { max_step: 50%/2m, deadband: 5% }
                down: { max_step: 3/30s, deadband: 0.1, stabilization: 5m }
              limits:
                downstream:
                  - { name: postgres, per_replica: 10, limit: 400 }
                  - { name: redis, per_replica: 0.5, limit: 90 }
              price: { per_replica_hour: 0.096, currency: EUR, per_violation: 0.001, monthly_budget: 5000 }
          """
      ).services.first
    ).policy
    #expect(
      policy.scaling
        == ScalingPolicy(
          risk: .fixed(0.02), utilization: 0.8, drain: .seconds(90),
          up: StepLimit(amount: .share(0.5), period: .seconds(120)),
          down: StepLimit(amount: .replicas(3), period: .seconds(30)), upDeadband: 0.05,
          downDeadband: 0.1, stabilization: .seconds(300)))
    #expect(
      policy.downstream == [
        DownstreamLimit(name: "postgres", perReplica: 10, limit: 400),
        DownstreamLimit(name: "redis", perReplica: 0.5, limit: 90),
      ])
    #expect(
      policy.price
        == Price(perReplicaHour: 0.096, currency: "EUR", perViolation: 0.001, monthlyBudget: 5000))
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
      (
        "a: &a [x, x]\nb: &b [*a, *a, *a, *a, *a, *a]\nc: &c [*b, *b, *b, *b, *b, *b]\n"
          + "d: &d [*c, *c, *c, *c, *c, *c]\ne: &e [*d, *d, *d, *d, *d, *d]\nservices: [*e, *e, *e]",
        "has an anchor"
      ),
      (
        "services: [{id: a, fleet: {rate_per_replica: 1, boot: 1s, max: 0o17}}]",
        "must be a whole number, not `0o17`"
      ),
      (
        "services: [{id: a, fleet: {rate_per_replica: 1, boot: 1s, max: !!float 4.5}}]",
        "must be a whole number, not `4.5`"
      ),
      (
        "sources: {x: {kind: prometheus, url: 'http://localhost', tls_config: "
          + "{insecure_skip_verify: no}}}\nservices: []", "must be true or false, not `no`"
      ),
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

  @Test("events recur by rule and on holidays, on each service's clock; without names for all")
  func recurringEvents() throws {
    let scratch = try Scratch()
    try scratch.write("# DE\n2026-10-03,German Unity Day\n2026-12-25,Christmas Day\n", to: "DE.csv")
    let text = """
      services:
        - { id: web, fleet: { rate_per_replica: 40, boot: 90s, max: 200 },
            forecast: { timezone: Europe/Berlin } }
        - { id: api, fleet: { rate_per_replica: 40, boot: 90s, max: 200 } }
        - from:
            source: prom
            demand: rate
            label: service
            defaults: { fleet: { rate_per_replica: 40, boot: 90s, max: 200 } }
      sources: { prom: { kind: prometheus, url: 'http://127.0.0.1:9090' } }
      events:
        - { name: payday, services: [web], from: 2026-01-31T06:00:00Z, to: 2026-01-31T18:00:00Z,
            rule: FREQ=MONTHLY;BYMONTHDAY=-1, uplift: 1.4, uncertainty: 0.1, rise: 1h, fall: 2h }
        - { name: holiday, holidays: DE.csv, only: [Christmas Day], uplift: learned }
        - { name: lost, services: [api], from: 2026-05-02T10:00:00Z, to: 2026-05-02T12:00:00Z,
            rise: 1m, uplift: excluded }
        - { name: sale, services: [api], from: 2026-11-27T08:00:00Z, to: 2026-11-27T23:00:00Z,
            rise: 10m, uplift: 3 }
      """
    let configuration = try ServeConfiguration(path: scratch.write(text, to: "c.yaml"))
    let (web, api) = (configuration.services[0].policy, configuration.services[1].policy)
    let christmas = CalendarEvent(
      name: "holiday", times: .days([try #require(CivilDate(year: 2026, month: 12, day: 25))]),
      height: .learned)
    let payday = CalendarEvent(
      name: "payday",
      times: .recurring(
        firstLocal: try #require(Timestamp(parsing: "2026-01-31T07:00:00Z")).seconds,
        duration: 12 * 3600, rule: try RecurrenceRule(parsing: "FREQ=MONTHLY;BYMONTHDAY=-1")),
      height: .given(try #require(EventUplift(factor: 1.4, uncertainty: 0.1))),
      rampBefore: 3600, rampAfter: 7200)
    #expect(web.calendar == [payday, christmas] && web.events.isEmpty)
    #expect(api.calendar == [christmas])
    let lost = try #require(Timestamp(parsing: "2026-05-02T10:00:00Z"))
    #expect(
      api.forecast.excluded == [
        TimeSpan(from: lost - .seconds(60), to: lost + .seconds(7200))
      ])
    #expect(api.events.map(\.name) == ["sale"])
    #expect(api.events.first?.rise == .seconds(600))
    let found = try #require(configuration.discoveries.first)
      .service(try #require(ServiceID("found"))).policy
    #expect(found.calendar == [christmas])
    // Berlin is an hour ahead in winter, and holidays are its days.
    let span = TimeSpan(
      from: try #require(Timestamp(parsing: "2026-11-29T00:00:00Z")),
      to: try #require(Timestamp(parsing: "2026-12-27T00:00:00Z")))
    #expect(
      web.events(within: span).map(\.from.description) == [
        "2026-11-30T06:00:00Z", "2026-12-24T23:00:00Z",
      ])
  }

  @Test(
    "an event that cannot be is refused with its place",
    arguments: [
      ("from: 2026-01-02T00:00:00Z, to: 2026-01-01T00:00:00Z, uplift: 2", "must be after `from`"),
      (
        "from: 2026-01-01T00:00:00Z, to: 2026-01-02T00:00:00Z, uplift: 2, rule: FREQ=HOURLY",
        "`events[0].rule` is no rule: FREQ is DAILY"
      ),
      ("holidays: nowhere.csv, uplift: learned", "names `nowhere.csv`, which cannot be read"),
      (
        "holidays: nowhere.csv, from: 2026-01-01T00:00:00Z, uplift: learned",
        "`events[0].from` does not go with `holidays`"
      ),
      (
        "from: 2026-01-01T00:00:00Z, to: 2026-01-02T00:00:00Z, uplift: high",
        "must be a number, `learned` or `excluded`, not `high`"
      ),
      (
        "from: 2026-01-01T00:00:00Z, to: 2026-01-02T00:00:00Z, uplift: learned, uncertainty: 1",
        "goes with a number alone"
      ),
      (
        "from: 2026-01-01T00:00:00Z, to: 2026-01-02T00:00:00Z, uplift: 2, only: [Easter]",
        "goes with `holidays` alone"
      ),
      ("from: 2026-01-01T00:00:00Z, to: 2026-01-02T00:00:00Z, upflit: 2", "did you mean `uplift`?"),
    ])
  func refusedEvents(keys: String, message: String) throws {
    #expect {
      try parse(Self.service + "\n\nevents: [{ name: sale, \(keys) }]")
    } throws: { error in
      "\(error)".contains("c.yaml:") && "\(error)".contains(message)
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

  @Test("the commented example knows one-off events, rules and holidays")
  func exampleEvents() throws {
    let path = checkout.appendingPathComponent("deploy/scaler.yaml").path
    let policy = try #require(try ServeConfiguration(path: path).services.first).policy
    #expect(policy.events.count == 1)
    #expect(policy.calendar.count == 2)
  }

  private static func files(_ folder: String) throws -> [String] {
    let url = checkout.appendingPathComponent(folder)
    return try FileManager.default.contentsOfDirectory(atPath: url.path)
      .filter { $0.hasSuffix(".yaml") }.sorted()
      .map { url.appendingPathComponent($0).path }
  }
}
