import Control
import Domain
import Simulation

/// A policy run once more, now that it is known where to look. Runs are deterministic, so this is
/// the run that was scored; keeping every step of every policy the first time would not be possible
/// for a long window.
struct Playback: Sendable {
  private(set) var outcome: PolicyOutcome
  private(set) var whole: StretchRecording
  /// One per stretch asked for, in that order.
  private(set) var closeUps: [StretchRecording]
  /// What the decisions planned for, over the whole window and over each close-up.
  private(set) var outlook: OutlookRecording
  private(set) var closeUpOutlooks: [OutlookRecording]
  private(set) var decisions: LargestDecisions
  /// One per worst moment of the outcome, in that order.
  private(set) var witnesses: [MomentWitness]

  /// The most buckets of the whole window: two weeks of minutes.
  static let wholeLimit = 20_160
  /// The most buckets of a close-up, more than a picture has columns.
  static let closeUpLimit = 1440
  static let decisionLimit = 50

  init(
    _ specification: PolicySpecification, outcome: PolicyOutcome, in world: SimulatedWorld,
    stretches: [Range<Int>]
  ) {
    self.outcome = outcome
    let minute = world.grid.period(.seconds(60))
    whole = StretchRecording(0..<world.grid.count, finest: minute, limit: Self.wholeLimit)
    closeUps = stretches.map { StretchRecording($0, limit: Self.closeUpLimit) }
    outlook = OutlookRecording(like: whole)
    closeUpOutlooks = closeUps.map(OutlookRecording.init)
    decisions = LargestDecisions(limit: Self.decisionLimit)
    witnesses = outcome.worst.map(MomentWitness.init)

    var recorder = self
    var late = LateRequests(limit: world.objective.sloWait.inSeconds)
    _ = world.run(
      specification,
      onStep: { step in
        let violations = late.next(step)
        recorder.whole.add(step, violations: violations)
        for index in recorder.closeUps.indices {
          recorder.closeUps[index].add(step, violations: violations)
        }
      },
      onDecision: { decision in
        recorder.decisions.add(decision)
        for index in recorder.witnesses.indices { recorder.witnesses[index].add(decision) }
      },
      onOutlook: { outlook in
        recorder.outlook.add(outlook)
        for index in recorder.closeUpOutlooks.indices {
          recorder.closeUpOutlooks[index].add(outlook)
        }
      })
    self = recorder
  }
}
