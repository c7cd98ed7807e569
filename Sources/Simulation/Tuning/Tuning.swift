public import Control
public import Domain

/// A search for the settings of our policy on a user's own trace: the cheapest that keeps the
/// objective, with the whole front of cost against violations.
///
/// The window is split in time. Settings compete on the first part, in rounds: all on a short
/// stretch of it, the better ones on a longer one, the best on all of it. What is recommended is
/// then run once on the second part, which no choice has seen; those are the figures to believe.
public struct Tuning: Sendable {
  /// Settings with the outcome of a run.
  public struct Point: Sendable, Equatable {
    public var scaling: ScalingPolicy
    public var scorecard: Scorecard
  }

  public struct Result: Sendable, Equatable {
    /// Settings that no other beats in both cost and violations, cheapest first, on the first part.
    public var front: [Point]
    /// The cheapest within the objective on the first part; the one with the fewest violations if
    /// none is within it.
    public var recommended: Point
    /// Whether it was within the objective there.
    public var keepsObjective: Bool
    /// The recommended settings and the untuned ones on the second part.
    public var validated: Scorecard
    public var untuned: Scorecard
    /// Runs of any length that were made.
    public var runs: Int
  }

  /// The settings that compete.
  public var candidates: [ScalingPolicy]
  /// The part of the window that is learnt from.
  public var learningShare = 0.7
  /// How much of the learning part each round runs on, and the share of settings that go on.
  static let rounds: [(length: Double, survivors: Double)] = [(0.15, 0.35), (0.5, 0.35), (1, 1)]

  /// - Parameter candidates: At least one.
  public init(candidates: [ScalingPolicy] = Tuning.grid()) {
    precondition(!candidates.isEmpty, "a search needs settings to search in")
    self.candidates = candidates
  }

  /// The settings that matter, on a grid: risk, how fast a fleet may shrink, how long a shrink
  /// waits, and the drain time. What else the base says stays as it is.
  public static func grid(around base: ScalingPolicy = ScalingPolicy()) -> [ScalingPolicy] {
    let shares = [0.2, 0.1, 0.05, 0.03, 0.02, 0.01, 0.007, 0.005, 0.003, 0.002, 0.001, 0.0005]
    let limits = base.down == nil ? [nil, ScalingPolicy().down] : [base.down, nil]
    var grid: [ScalingPolicy] = []
    for risk in [.auto] + shares.map(ScalingPolicy.Risk.fixed) {
      for down in limits {
        for stabilization in [Duration.seconds(60), .seconds(300)] {
          for drain in [Duration.seconds(20), .seconds(60), .seconds(120), .seconds(300)] {
            var scaling = base
            scaling.risk = risk
            scaling.down = down
            scaling.stabilization = stabilization
            scaling.drain = drain
            grid.append(scaling)
          }
        }
      }
    }
    return grid
  }

  /// Runs of any length that a search makes.
  public var plannedRuns: Int {
    var points = candidates.count
    // The two that are judged at the end.
    var runs = 2
    for round in Self.rounds {
      runs += points
      points = Self.survivors(of: points, in: round.survivors)
    }
    return runs
  }

  private static func survivors(of points: Int, in share: Double) -> Int {
    max(1, Int((Double(points) * share).rounded(.up)))
  }

  /// - Parameters:
  ///   - scenario: Its first hybrid says what a run works with besides the settings: the forecast's.
  ///   - workers: Runs at a time; the result does not depend on it.
  ///   - progress: Called after each run.
  /// - Throws: `ScenarioError` if the scenario cannot be simulated, or a part would be empty.
  public func run(
    _ scenario: Scenario, trace: TimeSeries, workers: Int, progress: (@Sendable () -> Void)? = nil
  ) async throws(ScenarioError) -> Result {
    let whole = try SimulatedWorld(scenario, trace: trace)
    var trace = trace
    for index in trace.values.indices { trace.values[index] *= whole.demand.scale }
    let length = scenario.to.since(scenario.from).inSeconds
    let split = scenario.from + .seconds((length * learningShare).rounded())
    let judged = try SimulatedWorld(scenario.part(from: split, to: scenario.to), trace: trace)

    var points = candidates.map { Point(scaling: $0, scorecard: Scorecard()) }
    var runs = 0
    let base =
      scenario.policies.first { $0.kind == .hybrid }
      ?? PolicySpecification(name: "hybrid", kind: .hybrid)
    let memories = FitMemories(for: candidates.map(base.with))
    for round in Self.rounds {
      let end = scenario.from + .seconds((length * learningShare * round.length).rounded())
      let world = try SimulatedWorld(scenario.part(from: scenario.from, to: end), trace: trace)
      let outcomes = await world.runAll(
        points.map { base.with($0.scaling) }, workers: workers, memories: memories
      ) { _ in progress?() }
      runs += outcomes.count
      points = zip(points, outcomes).map { Point(scaling: $0.scaling, scorecard: $1.scorecard) }
      let survivors = Self.survivors(of: points.count, in: round.survivors)
      points = Self.survivors(points, count: survivors, objective: scenario.objective.violation)
    }
    let objective = scenario.objective.violation
    let inside = points.filter { $0.scorecard.violation <= objective }
    let cheapest = inside.min { $0.scorecard.replicaSeconds < $1.scorecard.replicaSeconds }
    let mildest = points.min { $0.scorecard.violation < $1.scorecard.violation }
    guard let recommended = cheapest ?? mildest else {
      throw ScenarioError(sentences: ["There are no settings to search in."])
    }
    let final = await judged.runAll(
      [base.with(recommended.scaling), base.with(ScalingPolicy())], workers: workers
    ) { _ in progress?() }
    return Result(
      front: Self.front(points), recommended: recommended, keepsObjective: cheapest != nil,
      validated: final[0].scorecard, untuned: final[1].scorecard, runs: runs + final.count)
  }

  /// The settings that go on: the front first, then those nearest to keeping the objective at the
  /// least cost. A violation above the objective counts as many times the cost as it exceeds it.
  static func survivors(_ points: [Point], count: Int, objective: Double) -> [Point] {
    let front = front(points)
    func penalty(_ point: Point) -> Double {
      let excess = point.scorecard.violation / max(objective, 1e-6)
      return point.scorecard.replicaSeconds * max(1, excess)
    }
    let ranked = points.enumerated().sorted { left, right in
      let (a, b) = (penalty(left.element), penalty(right.element))
      let (first, second) = (front.contains(left.element), front.contains(right.element))
      if first != second { return first }
      return a != b ? a < b : left.offset < right.offset
    }
    return ranked.prefix(count).map(\.element)
  }

  /// What no other point beats in both cost and violations, cheapest first.
  static func front(_ points: [Point]) -> [Point] {
    let sorted = points.enumerated().sorted { left, right in
      let (a, b) = (left.element.scorecard, right.element.scorecard)
      if a.replicaSeconds != b.replicaSeconds { return a.replicaSeconds < b.replicaSeconds }
      return a.violation != b.violation ? a.violation < b.violation : left.offset < right.offset
    }
    var least = Double.infinity
    return sorted.compactMap { entry in
      guard entry.element.scorecard.violation < least else { return nil }
      least = entry.element.scorecard.violation
      return entry.element
    }
  }
}

extension PolicySpecification {
  /// The same policy with other settings.
  fileprivate func with(_ scaling: ScalingPolicy) -> PolicySpecification {
    var specification = self
    specification.scaling = scaling
    return specification
  }
}
