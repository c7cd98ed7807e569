import Control
import Domain

@testable import Simulation

/// Small worlds for tests; what a test sets is what it is about.
enum Worlds {
  static let start = Timestamp(seconds: 1_700_000_000 / 86_400 * 86_400)

  /// Minute means around `mean` with a daily wave and noise from `seed`, over `days`.
  static func trace(days: Int = 2, mean: Double = 20, noise: Double = 0.2, seed: UInt64 = 1)
    -> TimeSeries
  {
    var random = SplitMix64(seed: seed)
    let values = (0..<(days * 1440)).map { minute in
      let phase = Double(minute % 1440) / 1440
      let wave = 1 + 0.5 * (phase < 0.5 ? 4 * phase - 1 : 3 - 4 * phase)
      return max(0, mean * wave * (1 + noise * random.normal()))
    }
    return TimeSeries(start: start, step: .seconds(60), values: values)
  }

  static func constant(_ rate: Double, hours: Int = 4) -> TimeSeries {
    TimeSeries(
      start: start, step: .seconds(60), values: Array(repeating: rate, count: hours * 60))
  }

  /// The part of `trace` after its first `hours`.
  static func scenario(
    _ trace: TimeSeries, after hours: Int = 1, change: (inout Scenario) -> Void = { _ in }
  ) -> Scenario {
    var scenario = Scenario(from: trace.start + .seconds(hours * 3600), to: trace.end)
    scenario.fleet.boot = .seconds(60)
    change(&scenario)
    return scenario
  }

  static func world(
    _ trace: TimeSeries, after hours: Int = 1, change: (inout Scenario) -> Void = { _ in }
  ) throws -> SimulatedWorld {
    try SimulatedWorld(scenario(trace, after: hours, change: change), trace: trace)
  }

  static func specification(
    _ kind: PolicyKind, change: (inout PolicySpecification) -> Void = { _ in }
  ) -> PolicySpecification {
    var specification = PolicySpecification(name: kind.rawValue, kind: kind)
    change(&specification)
    return specification
  }
}

/// Answers from a list, one per decision, the last one for ever.
struct ScriptedPolicy: SimulatedPolicy {
  var answers: [Int]
  var interval = 3

  var lookback: Int { 0 }

  mutating func want(_ view: ControllerView) -> Int {
    answers.count > 1 ? answers.removeFirst() : answers[0]
  }
}

/// Asks for a random size around the present one.
struct RestlessPolicy: SimulatedPolicy {
  var random: SplitMix64
  let interval = 3

  var lookback: Int { 0 }

  mutating func want(_ view: ControllerView) -> Int {
    max(0, view.current + Int(random.next() % 9) - 4)
  }
}
