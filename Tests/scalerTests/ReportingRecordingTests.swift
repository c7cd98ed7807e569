import Control
import Domain
import Testing

@testable import Simulation
@testable import scaler

@Suite("What the report keeps of a run")
struct ReportingRecordingTests {
  @Test(
    "the recorded violations add up to the scorecard's, whatever the buckets",
    arguments: [UInt64(1), 2, 3])
  func violations(seed: UInt64) throws {
    var file = try ReportingWorld.file(
      "bursts: [{ start: 6h, rise: 1m, hold: 20m, fall: 1m, multiplier: 4 }]")
    file.scenario.arrivals = .poisson(seed: seed)
    let world = try SimulatedWorld(file.scenario, trace: file.trace)
    let policy = try #require(file.scenario.policies.first)
    let outcome = world.run(policy)
    let playback = Playback(policy, outcome: outcome, in: world, stretches: [100..<2000])
    let all = playback.whole.violations(in: 0..<world.grid.count)
    #expect(outcome.scorecard.violation > 0, "seed \(seed)")
    #expect(
      abs(all.late / all.arrivals - outcome.scorecard.violation) < 1e-9, "seed \(seed)")
    #expect(playback.decisions.count == outcome.scorecard.actions, "seed \(seed)")
    #expect(
      playback.closeUps.map(\.buckets.count) == [(1900 + 1) / 2], "seed \(seed)")
  }

  @Test("a part of a recording holds the buckets that begin in it")
  func part() {
    var recording = StretchRecording(10..<50, finest: 4, limit: 100)
    for step in 0..<60 { recording.add(record(step), violations: 1) }
    #expect(recording.buckets.count == 10)
    #expect(recording.buckets.reduce(0) { $0 + $1.violations } == 40)
    let part = recording.part(18..<30)
    #expect(part.steps == 18..<30)
    #expect(part.buckets.count == 3)
    #expect(part.buckets.first?.rate == 78.0)
    #expect(recording.part(60..<70).buckets.isEmpty)
  }

  @Test("a bucket shows serving and needed replicas of the one step that was tightest")
  func tightest() throws {
    var recording = StretchRecording(0..<4, finest: 4, limit: 1)
    for (step, pair) in [(9, 5), (7, 8), (3, 2), (12, 11)].enumerated() {
      recording.add(record(step, ready: pair.0, need: pair.1), violations: 0)
    }
    let bucket = try #require(recording.buckets.first)
    #expect((bucket.ready, bucket.need) == (7, 8))
  }

  @Test("the largest decisions are those that sorting all of them would choose")
  func largest() {
    let changes = (0..<500).map { ($0 * 7919) % 101 }
    let decisions = changes.enumerated().map { step, change in
      DecisionRecord(
        time: Timestamp(seconds: Int64(step)), step: step, from: 200, to: 200 - change, reason: "")
    }
    var kept = LargestDecisions(limit: 20)
    for decision in decisions { kept.add(decision) }
    let bySize = decisions.sorted { left, right in
      left.change == right.change ? left.step < right.step : left.change > right.change
    }
    let expected = bySize.prefix(20).sorted { $0.step < $1.step }
    #expect(kept.inOrder == expected)
    #expect(kept.count == 500)
  }

  private func record(_ step: Int, ready: Int = 1, need: Int = 1) -> StepRecord {
    StepRecord(
      step: step, rate: Double(step), arrivals: 1, served: 1, dropped: 0, queue: 0, ready: ready,
      pending: 0, need: need, wait: 0)
  }
}
