import Charts
import Control
import Domain
import Simulation

/// Everything that the report's sections show.
struct ReportMaterial: Sendable {
  let file: ScenarioFile
  let world: SimulatedWorld
  let outcomes: [PolicyOutcome]
  let thresholds: [ThresholdResult]
  let cast: ReportCast
  /// In the order of their start, as scorecards list them.
  let bursts: [Burst]
  let kinds: [BurstKind]
  let plan: CloseUpPlan
  let lead: Playback
  let rival: Playback?
  let growth: GrowthAnswer?
  let standby: StandbyAdvice?
  /// The command that makes the report again.
  let command: String

  /// Runs what has to be run again for the pictures.
  ///
  /// - Returns: Nil if no policy ran.
  /// - Complexity: One more run of the lead and of the baseline.
  static func gather(
    _ file: ScenarioFile, world: SimulatedWorld, report: SimulationReport, baseline: String?,
    command: String
  ) async -> ReportMaterial? {
    guard
      let cast = ReportCast(outcomes: report.outcomes, best: report.best, baseline: baseline),
      let leader = file.scenario.policies.first(where: { $0.name == cast.lead.name })
    else { return nil }
    let bursts = world.burstsInOrder
    let kinds = BurstKind.kinds(of: bursts)
    let plan = CloseUpPlan(world: world, bursts: bursts, kinds: kinds, cast: cast)
    let stretches = plan.closeUps.map(\.steps)
    async let lead = Playback(leader, outcome: cast.lead, in: world, stretches: stretches)
    async let rival = playback(of: cast.rival, file: file, in: world, stretches: stretches)
    return ReportMaterial(
      file: file, world: world, outcomes: report.outcomes, thresholds: report.thresholds,
      cast: cast, bursts: bursts, kinds: kinds, plan: plan, lead: await lead, rival: await rival,
      growth: report.growth, standby: report.standby, command: command)
  }

  private static func playback(
    of outcome: PolicyOutcome?, file: ScenarioFile, in world: SimulatedWorld,
    stretches: [Range<Int>]
  ) -> Playback? {
    guard let outcome,
      let policy = file.scenario.policies.first(where: { $0.name == outcome.name })
    else { return nil }
    return Playback(policy, outcome: outcome, in: world, stretches: stretches)
  }

  var scenario: Scenario { file.scenario }
  var grid: StepGrid { world.grid }
  var price: Price? { world.price }
  var window: Duration { grid.step * grid.count }

  var answer: Answer {
    Answer(
      cast: cast, outcomes: outcomes, objective: world.objective, price: price, window: window,
      growth: growth)
  }

  /// Bursts and faults as spans of pictures.
  var events: [EventSpan] {
    let start = Double(grid.start.seconds)
    func span(_ name: String, _ from: Duration, _ length: Duration) -> EventSpan {
      EventSpan(
        name: name, from: start + from.inSeconds, to: start + (from + length).inSeconds)
    }
    return zip(bursts, kinds).map { burst, kind in
      span("\(kind.rawValue) \(burst.multiplier.shortText)×", burst.start, burst.length)
    } + scenario.faults.map { span($0.kind.title, $0.start, $0.length) }
  }
}

extension Fault.Kind {
  /// A few words for a label.
  var title: String {
    switch self {
    case .metricsLost: "metrics lost"
    case .bootSlow(let factor): "boots take \(factor.shortText)×"
    case .launchRefused: "launches refused"
    }
  }
}
