import Control
import Foundation
import Testing

@testable import Simulation

@Suite("Thresholds and reports")
struct ThresholdTests {
  static func outcome(
    _ name: String, kind: PolicyKind = .hybrid, hours: Double, violation: Double
  ) -> PolicyOutcome {
    var card = Scorecard()
    card.replicaSeconds = hours * 3600
    card.violation = violation
    return PolicyOutcome(
      name: name, kind: kind, scorecard: card, cost: nil, currency: nil,
      isWithinObjective: violation <= 0.01, worst: [], certifiedBound: nil)
  }

  @Test(
    "comparisons hold or do not",
    arguments: [
      ("hybrid.violation <= 0.001", true), ("hybrid.violation<0.001", false),
      ("hybrid.violation >= 1e-3", true), ("a.b.replica_hours == 12", true),
      ("a.b.replica_hours > 12", false), (" hybrid.availability >= 0.999 ", true),
    ])
  func comparisons(text: String, passed: Bool) throws {
    let outcomes = [
      Self.outcome("hybrid", hours: 10, violation: 0.001),
      Self.outcome("a.b", hours: 12, violation: 0),
    ]
    #expect(try Threshold(text).check(outcomes).passed == passed)
  }

  @Test(
    "what is no threshold is refused with a sentence",
    arguments: [
      ("hybrid.violation", "none of <=, >=, ==, <, >"), ("hybrid <= 1", "is not POLICY.METRIC"),
      ("hybrid.violation <= much", "\"much\" in"), ("hybrid.speed <= 1", "is no metric"),
      (".violation <= 1", "is not POLICY.METRIC"),
    ])
  func refused(text: String, sentence: String) {
    let error = #expect(throws: ThresholdError.self) { try Threshold(text) }
    #expect(error?.description.contains(sentence) == true)
  }

  @Test("a threshold on what did not run or has no value is refused")
  func absent() throws {
    let outcomes = [Self.outcome("hybrid", hours: 10, violation: 0)]
    for text in ["hpa.violation <= 1", "hybrid.cost <= 1", "hybrid.burst_peak_queue < 1"] {
      #expect(throws: ThresholdError.self) { try Threshold(text).check(outcomes) }
    }
  }

  @Test("best is the cheapest real policy inside the objective")
  func best() throws {
    let outcomes = [
      Self.outcome("late", hours: 5, violation: 0.02),
      Self.outcome("oracle", kind: .oracle, hours: 6, violation: 0),
      Self.outcome("dear", hours: 12, violation: 0),
      Self.outcome("good", hours: 10, violation: 0.01),
    ]
    let report = try SimulationReport(
      world: try Worlds.world(Worlds.constant(10)), outcomes: outcomes)
    #expect(report.best?.name == "good")
    #expect(
      try SimulationReport(world: try Worlds.world(Worlds.constant(10)), outcomes: [outcomes[0]])
        .best == nil)
    let comparison = try #require(report.comparisons(to: "dear").first)
    #expect(comparison.name == "late" && abs(comparison.costChange + 7.0 / 12) < 1e-12)
  }

  @Test("the machine format has the fields that scripts rely on")
  func format() throws {
    let world = try Worlds.world(Worlds.constant(10)) {
      $0.price = Price(perReplicaHour: 0.5)
      $0.bursts = [
        Burst(start: .seconds(600), rise: .zero, hold: .seconds(60), fall: .zero, multiplier: 2)
      ]
    }
    let outcomes = [
      world.run(Worlds.specification(.hpaRPS)), world.run(Worlds.specification(.oracle)),
    ]
    let report = try SimulationReport(
      world: world, outcomes: outcomes, thresholds: [Threshold("hpa-rps.availability >= 0.5")])
    let data = try JSONEncoder().encode(report)
    let object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    #expect(object["format_version"] as? Int == 1)
    #expect(Set(object.keys) == ["format_version", "scenario", "policies", "best", "thresholds"])
    let policies = try #require(object["policies"] as? [[String: Any]])
    let fields: Set = [
      "name", "kind", "replica_hours", "cost", "oracle_ratio", "violation", "late", "dropped",
      "availability", "p50_wait_seconds", "p99_wait_seconds", "peak_queue",
      "underprovisioned_seconds", "overprovision_ratio", "actions", "bursts",
    ]
    #expect(policies.count == 2 && fields.isSubset(of: Set(policies[0].keys)))
    let cost = try #require(policies[0]["cost"] as? [String: Any])
    #expect(cost["currency"] as? String == "USD")
    #expect(cost["amount"] as? Double == outcomes[0].scorecard.replicaHours * 0.5)
    let burst = try #require((policies[0]["bursts"] as? [[String: Any]])?.first)
    #expect(burst["start"] as? String == "10m" && burst["time_to_capacity_seconds"] != nil)
    let threshold = try #require((object["thresholds"] as? [[String: Any]])?.first)
    #expect(threshold["assert"] as? String == "hpa-rps.availability >= 0.5")
    #expect(threshold["passed"] as? Bool == true)
  }
}
