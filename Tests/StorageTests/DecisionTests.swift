import Domain
import GRDB
import Testing

@testable import Storage

@Suite("Decisions")
struct DecisionTests {
  private func decision(_ name: String, _ number: Int64, _ second: Int64, target: Int = 8) throws
    -> Decision
  {
    Decision(
      id: DecisionID(number), service: try service(name), time: monday + .seconds(second),
      current: number == 1 ? nil : 3, target: target, trail: trail)
  }

  private let trail: [Rule] = [
    .forecast(replicas: 8, rate: 640, level: 0.9, lead: .seconds(120), median: 200),
    .silence(missing: [.queue], result: 8), .bounds(min: 2, max: 20),
  ]

  private func command(_ name: String, _ number: Int64) throws -> ScaleCommand {
    ScaleCommand(
      decision: DecisionID(number), service: try service(name), kind: .desired, replicas: 8,
      fencingToken: 4, validUntil: monday + .seconds(999), reason: trail.reason)
  }

  @Test("A decision comes back whole, with its command and outcome, newest first")
  func roundTrip() async throws {
    let store = try Store.inMemory()
    let web = try service("web")
    let first = try decision("web", 1, 0)
    let second = try decision("web", 2, 15)
    try await store.recordDecisions([first, second], commands: [try command("web", 2)])
    try await store.recordDecisions([try decision("api", 1, 7)], commands: [])
    #expect(try store.unresolvedCommands() == [try command("web", 2)])
    #expect(
      try await store.decisions(of: web, limit: 10) == [
        RecordedDecision(decision: second, command: try command("web", 2)),
        RecordedDecision(decision: first),
      ])
    let known = try await store.recordOutcome(
      of: DecisionID(2), service: web, .accepted(replicas: 7), at: monday + .seconds(20))
    #expect(known)
    #expect(try store.unresolvedCommands().isEmpty)
    #expect(
      try await store.decision(of: web, at: monday + .seconds(15))
        == RecordedDecision(
          decision: second, command: try command("web", 2), outcome: .accepted(replicas: 7),
          resolvedAt: monday + .seconds(20)))
    #expect(try await store.decision(of: web, at: monday + .seconds(14))?.decision == first)
    #expect(try await store.decision(of: web, at: monday - .seconds(1)) == nil)
    #expect(
      try await store.decisions(of: web, limit: 1, before: monday + .seconds(15)).map(\.decision)
        == [first])
    #expect(try store.lastDecision(of: web) == DecisionID(2))
    #expect(try store.lastDecision(of: service("none")) == nil)
  }

  @Test("I-16: a decision recorded again after a crash changes nothing")
  func idempotent() async throws {
    let store = try Store.inMemory()
    let web = try service("web")
    let original = try decision("web", 1, 0)
    try await store.recordDecisions([original], commands: [try command("web", 1)])
    try await store.recordOutcome(of: DecisionID(1), service: web, .unchanged, at: monday)
    try await store.recordDecisions(
      [try decision("web", 1, 60, target: 2)], commands: [try command("web", 1)])
    let stored = try await store.decisions(of: web, limit: 5)
    #expect(stored.map(\.decision) == [original])
    #expect(stored.first?.outcome == .unchanged)
  }

  @Test(
    "F-50 F-69: an unknown outcome may become known later, a known one stays",
    arguments: [
      ScaleOutcome.accepted(replicas: 3), .unchanged, .refused("no quota"), .notSent("too late"),
    ])
  func outcomes(outcome: ScaleOutcome) async throws {
    let store = try Store.inMemory()
    let web = try service("web")
    try await store.recordDecisions([try decision("web", 1, 0)], commands: [try command("web", 1)])
    for (given, changes) in [
      (ScaleOutcome.unknown("cut"), true), (outcome, true), (.unknown("cut"), false),
    ] {
      let changed = try await store.recordOutcome(
        of: DecisionID(1), service: web, given, at: monday)
      #expect(changed == changes)
    }
    #expect(try await store.decisions(of: web, limit: 1).first?.outcome == outcome)
    #expect(
      try await store.recordOutcome(of: DecisionID(9), service: web, outcome, at: monday) == false)
  }

  @Test("Old decisions go with their commands; one whose outcome is open stays")
  func trimming() async throws {
    let store = try Store.inMemory()
    let web = try service("web")
    try await store.recordDecisions(
      try (1...3).map { try decision("web", $0, $0) },
      commands: try (1...2).map { try command("web", $0) })
    try await store.recordOutcome(of: DecisionID(1), service: web, .unchanged, at: monday)
    try await store.retain(RetentionPolicy(), now: monday + .seconds(500 * 86_400))
    #expect(try await store.decisions(of: web, limit: 9).map(\.decision.id) == [DecisionID(2)])
    #expect(try store.unresolvedCommands() == [try command("web", 2)])
  }

  @Test("The rows are plain to read with sqlite3")
  func plainRows() async throws {
    let store = try Store.inMemory()
    try await store.recordDecisions([try decision("web", 2, 0)], commands: [try command("web", 2)])
    try await store.recordOutcome(
      of: DecisionID(2), service: try service("web"), .refused("no quota"), at: monday)
    let row = try await store.read { db in
      try Row.fetchOne(db, sql: "SELECT * FROM decisions_plain").map { "\($0)" }
    }
    #expect(row?.contains("2026-11-23 00:00:00") == true)
    #expect(row?.contains("00:00:00Z web 3→8  forecast 8 (640/s p90 at +2m)") == true)
    #expect(row?.contains("no quota") == true)
    _ = try await store.append(
      [try sample("web", 0, 2), try sample("web", 15, 4)], now: monday + .seconds(60))
    try await store.sealAll()
    let samples = try await store.read { db in
      try Row.fetchOne(db, sql: "SELECT * FROM samples_plain").map { "\($0)" }
    }
    #expect(
      samples == """
        [service:"web" metric:"rate" tier:"raw" first:"2026-11-23 00:00:00" \
        last:"2026-11-23 00:00:15" points:2 smallest:2.0 mean:3.0 largest:4.0]
        """)
    let rule = try await store.read { db in
      try String.fetchOne(db, sql: "SELECT trail ->> '$[0].rule' FROM decisions")
    }
    #expect(rule == "forecast")
    let event = JournalEntry(
      service: try service("web"), time: monday, kind: "tick", version: 1, bytes: [1, 2])
    _ = try await store.appendEvents([event])
    for (view, text) in [
      ("journal_plain", #"time:"2026-11-23 00:00:00" service:"web" kind:"tick" version:1"#),
      ("series_plain", #"service:"web" metric:"rate""#),
    ] {
      let row = try await store.read { db in
        try Row.fetchOne(db, sql: "SELECT * FROM \(view)").map { "\($0)" }
      }
      #expect(row?.contains(text) == true, "\(view): \(row ?? "")")
    }
  }
}
