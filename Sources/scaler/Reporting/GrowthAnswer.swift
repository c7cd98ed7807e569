import Domain
import Simulation

/// What growth costs: the same policies in the same world with and without it.
struct GrowthAnswer: Sendable {
  let growth: Growth
  /// The window's mean demand with growth over that without: what a cost in proportion to traffic
  /// would be multiplied with.
  let linear: Double
  /// The lead with and without growth.
  let lead: (grown: PolicyOutcome, today: PolicyOutcome)
  /// The baseline with and without growth; nil if there is none.
  let baseline: (grown: PolicyOutcome, today: PolicyOutcome)?

  /// The lead's cost with growth over its cost without.
  var multiple: Double { Self.ratio(lead.grown, lead.today) }

  /// The lead's cost with growth over the baseline's without: tomorrow's bill over today's.
  var multipleOfBaseline: Double? { baseline.map { Self.ratio(lead.grown, $0.today) } }

  private static func ratio(_ outcome: PolicyOutcome, _ base: PolicyOutcome) -> Double {
    let hours = base.scorecard.replicaSeconds
    return hours > 0 ? outcome.scorecard.replicaSeconds / hours : .nan
  }

  /// Runs lead and baseline in the scenario's world without its growth; nil if it has none.
  ///
  /// - Throws: `ScenarioError` if the world without growth is none.
  static func answer(
    _ file: ScenarioFile, world: SimulatedWorld, cast: ReportCast
  ) async throws -> GrowthAnswer? {
    let growth = file.scenario.growth
    guard growth.from != 1 || growth.to != 1 else { return nil }
    var scenario = file.scenario
    scenario.growth = .none
    let today = try SimulatedWorld(scenario, trace: file.trace)
    let names = [cast.lead.name] + (cast.rival.map { [$0.name] } ?? [])
    let policies = names.compactMap { name in scenario.policies.first { $0.name == name } }
    let outcomes = await today.runAll(policies, workers: policies.count)
    guard let lead = outcomes.first else { return nil }
    let rival = outcomes.dropFirst().first
    return GrowthAnswer(
      growth: growth, linear: today.meanRate > 0 ? world.meanRate / today.meanRate : .nan,
      lead: (cast.lead, lead),
      baseline: cast.rival.flatMap { grown in rival.map { (grown, $0) } })
  }

  /// `3 times`, `from 1 to 3 times over 7 d`.
  var traffic: String {
    growth.from == growth.to || growth.over == .zero
      ? "\(growth.to.shortText)\u{202F}× the traffic"
      : "traffic that grows from \(growth.from.shortText)\u{202F}× to "
        + "\(growth.to.shortText)\u{202F}× within \(Wording.seconds(growth.over))"
  }
}
