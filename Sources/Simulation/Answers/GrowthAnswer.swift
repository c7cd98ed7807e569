public import Domain

/// What growth costs: the same policies in the same world with and without it.
public struct GrowthAnswer: Sendable, Equatable {
  /// One policy with growth and without.
  public struct Pair: Sendable, Equatable {
    public var grown: PolicyOutcome
    public var today: PolicyOutcome
  }

  public let growth: Growth
  /// The window's mean demand with growth over that without: what a cost in proportion to traffic
  /// would be multiplied with.
  public let linear: Double
  public let lead: Pair
  /// What the lead is compared with; nil if there is nothing.
  public let baseline: Pair?
  /// What the baseline's replicas cost today, from the user's books; nil if not given.
  public var bill: Double?

  /// The lead's cost with growth over its cost without.
  public var multiple: Double { Self.ratio(lead.grown, lead.today) }

  /// The lead's cost with growth over the baseline's without: tomorrow's bill over today's.
  public var multipleOfBaseline: Double? { baseline.map { Self.ratio(lead.grown, $0.today) } }

  /// Today's bill at tomorrow's traffic: under the lead, and in proportion to traffic.
  public var projectedBill: (lead: Double, linear: Double)? {
    guard let bill, let multiple = multipleOfBaseline ?? multiple.finite else { return nil }
    return (bill * multiple, bill * linear)
  }

  private static func ratio(_ outcome: PolicyOutcome, _ base: PolicyOutcome) -> Double {
    let hours = base.scorecard.replicaSeconds
    return hours > 0 ? outcome.scorecard.replicaSeconds / hours : .nan
  }

  /// Runs lead and baseline in the scenario's world without its growth; nil if it has none, or if
  /// the scenario does not name them.
  ///
  /// - Throws: `ScenarioError` if the world without growth is none.
  public static func answer(
    _ scenario: Scenario, trace: TimeSeries, world: SimulatedWorld, lead: PolicyOutcome,
    baseline: PolicyOutcome?, bill: Double? = nil, workers: Int = 2
  ) async throws(ScenarioError) -> GrowthAnswer? {
    let growth = scenario.growth
    guard growth.from != 1 || growth.to != 1 else { return nil }
    var ungrown = scenario
    ungrown.growth = .none
    let today = try SimulatedWorld(ungrown, trace: trace)
    let names = [lead.name] + (baseline.map { [$0.name] } ?? [])
    let policies = names.compactMap { name in scenario.policies.first { $0.name == name } }
    let outcomes = await today.runAll(policies, workers: workers)
    guard let ours = outcomes.first, ours.name == lead.name else { return nil }
    let theirs = baseline.flatMap { base in outcomes.dropFirst().first { $0.name == base.name } }
    return GrowthAnswer(
      growth: growth, linear: today.meanRate > 0 ? world.meanRate / today.meanRate : .nan,
      lead: Pair(grown: lead, today: ours),
      baseline: baseline.flatMap { base in theirs.map { Pair(grown: base, today: $0) } },
      bill: bill)
  }
}

extension GrowthAnswer: Encodable {
  private enum Key: String, CodingKey {
    case policy, baseline, linear, multiple, bill
    case multipleOfBaseline = "multiple_of_baseline"
    case grownHours = "replica_hours"
    case todayHours = "replica_hours_without_growth"
    case baselineHours = "baseline_replica_hours_without_growth"
    case projectedBill = "projected_bill"
    case linearBill = "linear_bill"
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(lead.grown.name, forKey: .policy)
    try container.encode(baseline?.grown.name, forKey: .baseline)
    try container.encode(linear.finite, forKey: .linear)
    try container.encode(multiple.finite, forKey: .multiple)
    try container.encode(multipleOfBaseline?.finite, forKey: .multipleOfBaseline)
    try container.encode(lead.grown.scorecard.replicaHours, forKey: .grownHours)
    try container.encode(lead.today.scorecard.replicaHours, forKey: .todayHours)
    try container.encode(baseline?.today.scorecard.replicaHours, forKey: .baselineHours)
    try container.encodeIfPresent(bill, forKey: .bill)
    try container.encodeIfPresent(projectedBill?.lead.finite, forKey: .projectedBill)
    try container.encodeIfPresent(projectedBill?.linear.finite, forKey: .linearBill)
  }
}

extension Double {
  /// Itself, nil where it is infinite or no number.
  var finite: Double? { isFinite ? self : nil }
}
