/// A certified lower bound on the cost of any schedule that keeps the objective's violation budget.
///
/// **Why it holds.** Let `C` be capacity, `A` arrivals, `V` violations (dropped, or late as the
/// scorecard counts them) and `R` serving replicas. For every window of steps ending with step `j`
///
///     ΣA ≤ ΣC + κ·ΣV + slo·rate·R[j+1],   κ = 1 / (1 - slo/step),
///
/// because what is still queued at the window's end either waits no longer than the objective, and
/// then fits into what `R[j+1]` serves within it, or is late; κ covers the one step in which the
/// scorecard's straight line between two waits may count up to slo/step less. The rest is the weak
/// duality of linear programmes: give each window a price per request, none above `θ/κ`. If no
/// replica can earn more, over any run of steps, than the run and its boot cost, then
///
///     cost ≥ Σ price·A - θ·budget·ΣA.
///
/// Prices come from the marginal cost of each window in the relaxed problem, replica levels apart;
/// whether they keep the condition is then *checked* for every run of steps, and prices that do not
/// are lowered until they do. So the bound does not rest on how the prices were found.
///
/// It treats replicas as divisible and lets a violation cost only the request itself, while a queue
/// makes whole steps late; that is why it lies below what any real schedule can reach.
struct BudgetBound {
  /// Requests per step.
  let arrivals: [Double]
  let dt: Double
  let ratePerReplica: Double
  let slo: Double
  /// Steps.
  let boot: Int
  /// Steps per window.
  private let width: Int
  /// Replicas that a window needs on average.
  private let level: [Double]
  private var lines: [(withoutBudget: Double, perShare: Double)] = []

  init(
    arrivals: [Double], dt: Double, ratePerReplica: Double, slo: Double, boot: Int,
    width: Int
  ) {
    self.arrivals = arrivals
    self.dt = dt
    self.ratePerReplica = ratePerReplica
    self.slo = slo
    self.boot = boot
    self.width = width
    var level: [Double] = []
    for first in stride(from: 0, to: arrivals.count, by: width) {
      let last = min(arrivals.count, first + width)
      let sum = arrivals[first..<last].reduce(0, +)
      level.append(sum / (ratePerReplica * dt * Double(last - first)))
    }
    self.level = level
    certify()
  }

  /// Replica-seconds that no schedule goes below whose share of violating requests is `budget`; 0 if
  /// the objective's wait is not shorter than a step, for which nothing is proved.
  func replicaSeconds(budget: Double) -> Double {
    lines.reduce(0) { max($0, $1.withoutBudget - $1.perShare * budget) }
  }

  /// The bounds from prices that stay below different ceilings, each a line in the budget.
  ///
  /// A price is in replica-seconds per request; serving one costs 1/rate, and a boot more.
  private mutating func certify() {
    guard slo < dt, arrivals.count > 1 else { return }
    let total = arrivals.reduce(0, +)
    let kappa = 1 / (1 - slo / dt)
    lines = (0..<10).map { power in
      let ceiling = (1 + 0.0625 * Double(1 << power)) / ratePerReplica
      let prices = repaired(marginalPrices(ceiling: ceiling))
      let scale = feasibleScale(prices)
      let earned = level.indices.reduce(0) { $0 + prices[$1] * requests(in: $1) }
      return (scale * earned, scale * ceiling * kappa * total)
    }
  }

  private func steps(in window: Int) -> Int {
    min(width, arrivals.count - window * width)
  }

  private func requests(in window: Int) -> Double {
    level[window] * ratePerReplica * dt * Double(steps(in: window))
  }

  /// What one more request in each window costs, if leaving it unserved costs `ceiling`.
  ///
  /// The cost of a level splits at the window into what led to being on or off there, and what
  /// follows. Only windows within a few boot times matter: being on or off long before or after
  /// makes no difference.
  private func marginalPrices(ceiling: Double) -> [Double] {
    let reach = 4 * (boot / width + 1)
    let switchOn = Double(boot) * dt
    return level.indices.map { window in
      let top = level[window]
      guard top > 0 else { return 0 }
      func cost(of other: Int) -> (on: Double, off: Double) {
        let run = Double(steps(in: other)) * dt
        return (run, level[other] > top ? ceiling * run * ratePerReplica : 0)
      }
      var before = (on: 0.0, off: 0.0)
      for other in max(0, window - reach)..<window {
        let here = cost(of: other)
        before = (
          min(before.on, before.off + (other == 0 ? 0 : switchOn)) + here.on,
          min(before.off, before.on) + here.off
        )
      }
      var after = (on: 0.0, off: 0.0)
      for other in stride(from: min(level.count - 1, window + reach), to: window, by: -1) {
        let here = cost(of: other)
        after = (
          min(after.on, after.off) + here.on, min(after.off, after.on + switchOn) + here.off
        )
      }
      let run = Double(steps(in: window)) * dt
      let on =
        min(before.on, before.off + (window == 0 ? 0 : switchOn)) + run
        + min(after.on, after.off)
      let off = min(before.off, before.on) + min(after.off, after.on + switchOn)
      let volume = run * ratePerReplica
      let served = min(on, off + ceiling * volume)
      return max(0, min(ceiling, (served - min(on, off)) / volume))
    }
  }

  /// Lowers each window's price, from the first to the last, until no run that ends within the
  /// window earns more than it costs.
  private func repaired(_ prices: [Double]) -> [Double] {
    var prices = prices
    var best = -Double.infinity
    for window in prices.indices {
      let wanted = prices[window]
      if let reached = self.best(after: window, prices, from: best) {
        best = reached
        continue
      }
      var (low, high) = (0.0, 1.0)
      for _ in 0..<20 {
        let middle = (low + high) / 2
        prices[window] = wanted * middle
        if self.best(after: window, prices, from: best) != nil {
          low = middle
        } else {
          high = middle
        }
      }
      prices[window] = wanted * low
      best = self.best(after: window, prices, from: best) ?? 0
    }
    return prices
  }

  /// The largest factor, at most 1, with which no run of steps earns more than it costs: 1 unless
  /// the slack between two windows was too much for the repair.
  private func feasibleScale(_ prices: [Double]) -> Double {
    if isFeasible(prices) { return 1 }
    var low = 0.0
    var high = 1.0
    for _ in 0..<30 {
      let middle = (low + high) / 2
      if isFeasible(prices.map { $0 * middle }) { low = middle } else { high = middle }
    }
    return low
  }

  /// Whether every run of steps costs at least what it earns.
  private func isFeasible(_ prices: [Double]) -> Bool {
    var best = -Double.infinity
    for window in prices.indices {
      guard let reached = self.best(after: window, prices, from: best) else { return false }
      best = reached
    }
    return true
  }

  /// What the best run that is still on at the end of `window` earns above its cost, from what it
  /// had before; nil if some run gains within the window. A run pays its boot when it starts, as far
  /// as there was time for one.
  private func best(after window: Int, _ prices: [Double], from before: Double) -> Double? {
    var best = before
    let first = window * width
    for step in first..<(first + steps(in: window)) {
      best = max(best, -Double(min(step, boot)) * dt)
      var earned = ratePerReplica * dt * prices[window]
      if step == first, window > 0 { earned += slo * ratePerReplica * prices[window - 1] }
      if step == arrivals.count - 1 { earned += slo * ratePerReplica * prices[window] }
      best += earned - dt
      if best > 1e-9 { return nil }
    }
    return best
  }
}
