import Domain
import Forecasting

/// Chooses the level of the demand quantile that the forecast part plans with.
///
/// With a fixed risk the level is its complement. With `auto` the objective's violation share is a
/// budget over its window, which `BudgetedLevel` spends evenly and does not exceed.
struct RiskGovernor: Sendable {
  private enum Mode: Sendable {
    case fixed(Double)
    case budgeted(BudgetedLevel)
  }

  private var mode: Mode
  private var ratePerReplica: Double
  private var interval: Duration
  private var sloWait: Duration
  private var window: Duration

  static let levels = 0.5...0.9999

  init(policy: ServicePolicy) {
    ratePerReplica = policy.fleet.ratePerReplica
    interval = policy.timing.interval
    sloWait = policy.objective.sloWait
    window = policy.objective.window
    switch policy.scaling.risk {
    case .fixed(let share): mode = .fixed(Self.clamped(1 - share))
    case .auto:
      // A shortfall lasts until an order that answers it has worked off what waits.
      let episode = policy.leadWindow + policy.scaling.drain
      mode = .budgeted(
        BudgetedLevel(
          budget: policy.objective.violation, episode: episode.inSeconds / window.inSeconds))
    }
  }

  /// The level in force.
  var level: Double {
    switch mode {
    case .fixed(let level): level
    case .budgeted(let budget): Self.clamped(budget.level)
    }
  }

  /// What is spent of the budget stays spent under a policy with the same objective.
  mutating func configure(_ policy: ServicePolicy) {
    var next = RiskGovernor(policy: policy)
    if case .budgeted(let old) = mode, case .budgeted(let new) = next.mode,
      old.budget == new.budget, old.episode == new.episode, window == next.window
    {
      next.mode = mode
    }
    self = next
  }

  /// Counts a tick. Live, nobody measures waits: a queue deeper than what the ready replicas serve
  /// within the objective's wait means that what arrives now will be late. Of an unknown tick only
  /// the time passes.
  mutating func observe(rate: Double?, queue: Double?, ready: Int) {
    guard case .budgeted(var budget) = mode else { return }
    let elapsed = interval.inSeconds / window.inSeconds
    if let rate, let queue {
      let arrivals = rate * interval.inSeconds
      let isLate = queue > Double(ready) * ratePerReplica * sloWait.inSeconds
      budget.observe(arrivals: arrivals, late: isLate ? arrivals : 0, elapsed: elapsed)
    } else {
      budget.observe(arrivals: 0, late: 0, elapsed: elapsed)
    }
    mode = .budgeted(budget)
  }

  private static func clamped(_ level: Double) -> Double {
    min(max(level, levels.lowerBound), levels.upperBound)
  }
}

extension RiskGovernor {
  func writeState(to writer: inout StateWriter) {
    switch mode {
    case .fixed: writer.write(false)
    case .budgeted(let budget):
      writer.write(true)
      budget.writeState(to: &writer)
    }
  }

  mutating func readState(from reader: inout StateReader) throws(StateError) {
    guard try reader.readBool() else { return }
    let budget = try BudgetedLevel(from: &reader)
    guard case .budgeted = mode else {
      throw .inconsistent("a budget is stored for a policy with a fixed risk")
    }
    mode = .budgeted(budget)
  }
}
