import Control

/// A feasible schedule that spends the violation budget: the zero-wait schedule with spans in which
/// demand is given up, those first that save most per violating request.
///
/// A span is given up down to a level: what lies above it is not served in time, and the queue is
/// drained afterwards within a minute. Since a queue makes all requests late, few long spans are
/// better than many short ones; flash crowds, whose replicas boot for minutes of use, are the best.
struct BudgetSchedule {
  /// A span that may be given up.
  struct Span {
    var steps: Range<Int>
    /// Serving replicas in each of its steps.
    var replicas: [Int]
    /// Requests late or dropped.
    var violations: Double
    /// Replica-steps.
    var saving: Int
  }

  private static let drain = 60.0
  private static let levels = 64
  /// Violations are estimated from above, so that more spans are offered than the estimate allows;
  /// the scorecard decides how many of them fit.
  private static let offer = 2.0
  /// Steps of the spans that are given up whole.
  private let wholeSpans: [Int]

  let arrivals: [Double]
  let needs: [Int]
  let dt: Double
  let ratePerReplica: Double
  let queueLimit: Double
  /// Seconds.
  let slo: Double
  let minimum: Int
  let boot: Int
  /// Requests that may violate.
  let budget: Double

  init(world: SimulatedWorld, arrivals: [Double]) {
    self.arrivals = arrivals
    dt = world.grid.dt
    ratePerReplica = world.fleet.ratePerReplica
    queueLimit = world.fleet.queueLimit
    slo = world.slo
    minimum = world.fleet.minimum
    boot = world.boot
    let fleet = world.fleet
    let step = world.grid.dt
    needs = arrivals.map { fleet.need(for: $0 / step) }
    budget = world.objective.violation * arrivals.reduce(0, +)
    wholeSpans = [600.0, 3600, 14_400].map { max(1, Int($0 / step)) }
  }

  /// Spans that pay, none overlapping another, the best first, as many as the budget may hold.
  func spans() -> [Span] {
    var candidates: [Span] = []
    for level in levels() {
      let single = excursions(above: level, joining: 0)
      let joined = excursions(above: level, joining: boot)
      candidates += single.compactMap { give($0, to: level) }
      if joined != single { candidates += joined.compactMap { give($0, to: level) } }
    }
    for length in wholeSpans {
      for first in stride(from: 0, to: needs.count, by: length) {
        if let span = give(first..<min(first + length, needs.count), to: minimum) {
          candidates.append(span)
        }
      }
    }
    candidates.sort { left, right in
      let (a, b) = (Double(left.saving) * right.violations, Double(right.saving) * left.violations)
      if a != b { return a > b }
      return left.saving != right.saving
        ? left.saving > right.saving : left.steps.lowerBound < right.steps.lowerBound
    }
    var chosen: [Span] = []
    var taken = [Bool](repeating: false, count: needs.count)
    var left = Self.offer * budget
    for span in candidates where span.violations <= left {
      guard !span.steps.contains(where: { taken[$0] }) else { continue }
      for step in span.steps { taken[step] = true }
      left -= span.violations
      chosen.append(span)
    }
    return chosen
  }

  /// Serving replicas per step with these spans given up.
  func schedule(_ spans: [Span]) -> [Int] {
    var schedule = needs
    for span in spans { schedule.replaceSubrange(span.steps, with: span.replicas) }
    return schedule
  }

  /// Levels to cut at: evenly spaced ranks of the needs that occur.
  private func levels() -> [Int] {
    let sorted = needs.sorted()
    guard let least = sorted.first, let most = sorted.last else { return [] }
    if most - least <= Self.levels { return Array(least..<max(least, most)) }
    var found = (1..<Self.levels).map { sorted[sorted.count * $0 / Self.levels] }
    // The extreme ranks are where flash crowds are.
    for share in [0.99, 0.995, 0.999, 0.9995, 0.9999] {
      found.append(sorted[min(sorted.count - 1, Int(Double(sorted.count) * share))])
    }
    return Array(Set(found)).sorted()
  }

  /// Maximal spans in which the need exceeds `level`, those at most `gap` steps apart joined.
  private func excursions(above level: Int, joining gap: Int) -> [Range<Int>] {
    var found: [Range<Int>] = []
    for (step, need) in needs.enumerated() where need > level {
      if let last = found.last, step - last.upperBound <= gap {
        found[found.count - 1] = last.lowerBound..<(step + 1)
      } else {
        found.append(step..<(step + 1))
      }
    }
    return found
  }

  /// What giving up `range` down to `level` does; nil if it saves nothing or violates too much.
  private func give(_ range: Range<Int>, to level: Int) -> Span? {
    var queue = 0.0
    var violations = 0.0
    var replicas: [Int] = []
    var extra = 0
    var step = range.lowerBound
    while step < needs.count {
      if step == range.upperBound {
        extra = Int((queue / (Self.drain * ratePerReplica)).rounded(.up))
      }
      let isOver = step >= range.upperBound
      if isOver && queue <= 1e-9 { break }
      let serving = isOver ? needs[step] + extra : min(needs[step], max(level, minimum))
      replicas.append(serving)
      let offered = queue + arrivals[step]
      let before = queue
      queue = max(0, offered - Double(serving) * ratePerReplica * dt)
      if queue > queueLimit { queue = queueLimit }
      // Less than what is served within the objective's wait makes nothing late.
      if max(before, queue) > slo * Double(serving) * ratePerReplica + 1e-9 {
        violations += arrivals[step]
      }
      if violations > budget { return nil }
      step += 1
    }
    let steps = range.lowerBound..<step
    let saving = cost(around: steps, with: nil) - cost(around: steps, with: replicas)
    return saving > 0
      ? Span(steps: steps, replicas: replicas, violations: violations, saving: saving) : nil
  }

  /// Replica-steps of the schedule around `steps`. A boot time on either side suffices: a level that
  /// was idle for longer pays its boot in full.
  private func cost(around steps: Range<Int>, with replicas: [Int]?) -> Int {
    var oracle = ZeroWaitOracle(boot: boot)
    for step in max(0, steps.lowerBound - boot - 1)..<min(needs.count, steps.upperBound + boot + 1)
    {
      if let replicas, steps.contains(step) {
        oracle.add(need: replicas[step - steps.lowerBound])
      } else {
        oracle.add(need: needs[step])
      }
    }
    return oracle.replicaSteps
  }
}
