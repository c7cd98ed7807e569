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
  /// Seconds.
  private var interval: Double
  private var sloWait: Double
  private var window: Double
  /// The level that a stated price of a late request asks for at least; 0 where there is none.
  private var priced: Double

  static let levels = 0.5...0.9999
  /// What an announced surge is planned with at least. Its own 99 % have to be in time, and one
  /// shortfall lasts longer than 1 % of it: there may be one in some of them. The window's budget
  /// cannot see to that: it would be spent where demand is high.
  static let surgeLevel = 0.9975

  init(policy: ServicePolicy) {
    ratePerReplica = policy.fleet.ratePerReplica
    interval = policy.timing.interval.inSeconds
    sloWait = policy.objective.sloWait.inSeconds
    window = policy.objective.window.inSeconds
    priced = Self.priced(policy)
    switch policy.scaling.risk {
    case .fixed(let share): mode = .fixed(Self.clamped(1 - share))
    case .auto:
      // A shortfall lasts until an order that answers it has worked off what waits.
      let episode = policy.leadWindow + policy.scaling.drain
      mode = .budgeted(
        BudgetedLevel(
          budget: policy.objective.violation, episode: episode.inSeconds / window))
    }
  }

  /// The level in force.
  var level: Double {
    switch mode {
    case .fixed(let level): level
    case .budgeted(let budget): Self.clamped(max(budget.level, priced))
    }
  }

  /// The share of the whole window's budget that is spent; nil where there is none to spend.
  var spentShare: Double? {
    switch mode {
    case .fixed: nil
    case .budgeted(let budget): budget.spentShare
    }
  }

  /// The level within an announced surge. A fixed risk holds there too.
  var levelInSurge: Double {
    switch mode {
    case .fixed(let level): level
    case .budgeted: max(level, Self.surgeLevel)
    }
  }

  /// The critical fractile: one more replica costs its hourly price, and spares what it would serve
  /// in an hour at the price of a late request, with the probability that demand exceeds the rest.
  private static func priced(_ policy: ServicePolicy) -> Double {
    guard let price = policy.price, let perViolation = price.perViolation, perViolation > 0 else {
      return 0
    }
    let spared = perViolation * policy.fleet.ratePerReplica * 3600
    return spared > price.perReplicaHour ? 1 - price.perReplicaHour / spared : 0
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
    let elapsed = interval / window
    if let rate, let queue {
      let arrivals = rate * interval
      let isLate = queue > Double(ready) * ratePerReplica * sloWait
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
