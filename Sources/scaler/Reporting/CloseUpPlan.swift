import Control
import Domain
import Simulation

/// The stretches of a run that are worth a closer look, chosen from what the first run found.
struct CloseUpPlan: Sendable {
  struct CloseUp: Sendable, Equatable {
    enum Subject: Sendable, Equatable {
      /// Index into the bursts in the order of their start.
      case burst(Int)
      /// Index into the lead's worst moments.
      case moment(Int)
    }

    var subject: Subject
    var steps: Range<Int>
  }

  let closeUps: [CloseUp]
  /// Bursts that got no close-up because worse ones of their kind have one.
  let omittedBursts: Int

  static let burstsPerKind = 2
  static let moments = 3

  /// - Parameter bursts: in the order of their start, as in `kinds` and in scorecards.
  init(world: SimulatedWorld, bursts: [Burst], kinds: [BurstKind], cast: ReportCast) {
    let grid = world.grid
    let reaction = world.reactionSteps
    var plan: [CloseUp] = []
    for index in Self.worst(bursts.indices, kinds: kinds, lead: cast.lead) {
      let first = grid.steps(bursts[index].start)
      let last = grid.steps(bursts[index].start + bursts[index].length)
      let drained =
        [cast.lead, cast.rival].compactMap { outcome in
          outcome.flatMap { index < $0.scorecard.bursts.count ? $0.scorecard.bursts[index] : nil }
        }.map { first + Int($0.timeToDrain / grid.dt) }.max() ?? last
      // A queue that drains hours later would squeeze the burst itself.
      let tail = min(max(last, drained), last + 2 * max(last - first, reaction))
      if let steps = Self.clamped(first - 2 * reaction, tail + 2 * reaction, grid: grid) {
        plan.append(CloseUp(subject: .burst(index), steps: steps))
      }
    }
    omittedBursts = bursts.count - plan.count
    var moments = 0
    for (index, moment) in cast.lead.worst.enumerated() where moments < Self.moments {
      guard !plan.contains(where: { $0.steps.contains(moment.first) }),
        let steps = Self.clamped(
          moment.first - 2 * reaction, moment.last + 2 * reaction, grid: grid)
      else { continue }
      plan.append(CloseUp(subject: .moment(index), steps: steps))
      moments += 1
    }
    closeUps = plan
  }

  /// Of each kind the bursts with the longest queues, in the order of time.
  private static func worst(_ bursts: Range<Int>, kinds: [BurstKind], lead: PolicyOutcome) -> [Int]
  {
    let scores = lead.scorecard.bursts
    func queue(_ index: Int) -> Double { index < scores.count ? scores[index].peakQueue : 0 }
    return BurstKind.allCases.flatMap { kind in
      bursts.filter { kinds[$0] == kind }
        .sorted { (queue($1), $0) < (queue($0), $1) }
        .prefix(burstsPerKind)
    }.sorted()
  }

  private static func clamped(_ first: Int, _ last: Int, grid: StepGrid) -> Range<Int>? {
    let low = max(0, first)
    let high = min(grid.count, last + 1)
    return low < high ? low..<high : nil
  }
}

extension SimulatedWorld {
  /// From a change of demand to the first replica that it can bring, in steps: what metrics are
  /// late, a decision, a boot.
  var reactionSteps: Int {
    grid.steps(control.lag + control.interval + fleet.boot)
  }

  /// The same in seconds, with the warm pool's boot where there is a pool.
  var reaction: Duration {
    control.lag + control.interval
      + (fleet.warmPool.size > 0 ? fleet.warmPool.boot : fleet.boot)
  }
}
