import Domain
import Foundation
import Testing

@Suite("Trails as JSON")
struct RuleCodingTests {
  static let rules: [Rule] = [
    .forecast(replicas: 8, rate: 640, level: 0.9, lead: .seconds(120), median: 200),
    .noForecast(.learning), .noForecast(.stale), .violations(spent: 0.25),
    .observed(replicas: 3, rate: 12.5), .drain(replicas: 4, backlog: 31),
    .event(name: "sale", replicas: 9), .bounds(min: 1, max: 2), .stepUp(limit: 3, result: 4),
    .stepDown(limit: 3, result: 4), .stabilized(result: 4, window: .seconds(60)),
    .silence(missing: [.rate, .queue], result: 4), .downstream(name: "db", result: 2),
    .suspicious(.frozen, result: 3), .override(result: 1), .frozen(result: 2),
    .deadband(result: 3), .budget(spent: 0.75, result: 4), .rollout(result: 5),
    .foreign(found: 1, result: 6), .breaker(result: 7),
    .climbing(replicas: 70, rate: 69.5), .swinging(turns: 3, result: 9),
    .warmPool(replicas: 8, rate: 60),
    .suspicious(.noEffect, result: 3), .suspicious(.feedback, result: 3),
    .suspicious(.forecast, result: 3),
  ]

  @Test("every rule reads back as it was written", arguments: rules)
  func roundTrip(rule: Rule) throws {
    let data = try JSONEncoder().encode(rule)
    #expect(try JSONDecoder().decode(Rule.self, from: data) == rule)
    let fields = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    #expect(fields["rule"] as? String == rule.kind)
    #expect(fields["text"] as? String == rule.description)
  }

  @Test("a rule that is not known or not complete is refused")
  func refuses() {
    for text in [#"{"rule":"magic"}"#, #"{"rule":"forecast","replicas":3}"#, "{}"] {
      #expect(throws: (any Error).self) {
        try JSONDecoder().decode(Rule.self, from: Data(text.utf8))
      }
    }
  }
}
