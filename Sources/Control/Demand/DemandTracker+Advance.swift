import Domain
import Forecasting

/// The step that is being observed: sum and count of the ticks that fell into it.
struct OpenStep: Sendable, Equatable {
  var start: Timestamp?
  var sum = 0.0
  var known = 0
  var ticks = 0

  /// The mean, nil unless at least half of the ticks were known.
  var mean: Double? { known > 0 && known * 2 >= ticks ? sum / Double(known) : nil }
}

/// The last closed steps, oldest first, bounded.
struct ClosedSteps: Sendable {
  static let capacity = 512

  var firstStart: Timestamp?
  /// NaN where unknown.
  var values: [Double] = []

  mutating func append(_ value: Double?, start: Timestamp, step: Duration) {
    if firstStart == nil { firstStart = start }
    values.append(value ?? .nan)
    if values.count >= 2 * Self.capacity {
      values.removeFirst(Self.capacity)
      firstStart = firstStart.map { $0 + step * Self.capacity }
    }
  }
}

extension DemandTracker {
  /// Takes one tick's rate, the mean over the interval that ended `lag` before `now`. Nil is
  /// unknown: time passes and nothing is learnt.
  mutating func advance(rate: Double?, factor: Double, at now: Timestamp) {
    guard isEnabled else { return }
    // The middle of what the tick covers decides to which step it belongs.
    let middle = now.later(by: middleOffset)
    let start = middle.floored(toSeconds: stepSeconds)
    if let openStart = open.start {
      // A tick from the past (the clock went back) belongs to nothing that is still open.
      guard start >= openStart else { return }
      closeSteps(from: openStart, before: start)
    }
    if open.start == nil { open.start = start }
    open.ticks += 1
    if let rate, rate.isFinite, rate >= 0, factor > 0 {
      open.sum += rate / factor
      open.known += 1
    }
    // The last tick of a step closes it at once: the next tick's news must not wait a whole step.
    let end = start.later(by: stepSeconds)
    if middle.seconds + intervalSeconds >= end.seconds { closeSteps(from: start, before: end) }
  }

  private mutating func closeSteps(from first: Timestamp, before end: Timestamp) {
    guard first < end else { return }
    close(open.mean, start: first)
    open = OpenStep()
    // Beyond the longest season an absence teaches nothing more, and its length is unbounded.
    let gap = end.since(first + step)
    let longest = step * (2 * ClosedSteps.capacity)
    var start = gap > longest ? end - longest : first + step
    while start < end {
      close(nil, start: start)
      start = start + step
    }
    open.start = end
  }

  private mutating func close(_ value: Double?, start: Timestamp) {
    closed.append(value, start: start, step: step)
    outlook?.advance(value, at: start)
    guard model != nil else { return }
    model?.advance(value, at: calendar.positions(at: start))
    modelTime = start + step
    guard let model else { return }
    let target = start.later(by: stepSeconds * Int64(1 + lead.first))
    trust.observe(
      value, model: model, utilization: utilization, target: calendar.positions(at: target))
  }

  /// Takes a fitted model and brings it from the end of its history to now.
  mutating func adopt(_ fitted: FittedDemand) {
    fittedAt = fitted.deliveredAt
    nextFit = fitted.deliveredAt + refit
    let isFirst = model == nil
    look(aheadFor: fitted.boot)
    if isFirst, let proven = fitted.trust, proven.lead == lead { trust = proven }
    effects = fitted.effects
    outlook = looksAhead ? fitted.outlook : nil
    var model = fitted.model
    var time = fitted.through
    if let first = closed.firstStart {
      for (index, value) in closed.values.enumerated() {
        let start = first + step * index
        guard start >= time else { continue }
        outlook?.advance(value.isNaN ? nil : value, at: start)
        model.advance(value.isNaN ? nil : value, at: calendar.positions(at: start))
        time = start + step
      }
    }
    self.model = model
    modelTime = time
  }

  /// The last good model stays; the next attempt comes much sooner than a regular refit.
  mutating func fitFailed(at time: Timestamp) {
    nextFit = time + max(step, refit / 24)
  }

  /// Drops a model that no fit has renewed for seven of the shortest seasons, seven days at most: what
  /// it knows may be of a world that is gone. The next one has to prove itself like a first.
  mutating func expire(at now: Timestamp) {
    guard model != nil, let fittedAt else { return }
    guard now.since(fittedAt) > min(refit * 7, Self.longestUse) else { return }
    model = nil
    modelTime = nil
    outlook = nil
    trust = LeadTrust(lead: lead, memory: trustMemory, grade: .blended)
  }

  private static let longestUse: Duration = .seconds(7 * 86_400)

  /// Whether there was a model and it is too old by now.
  var isStale: Bool { isEnabled && model == nil && fittedAt != nil }

  /// Asks for a fit when one is due. If its answer gets lost, the next one is asked for later.
  ///
  /// - Parameter boot: From being started to serving, as measured by now.
  mutating func fitRequest(
    at now: Timestamp, boot: @autoclosure () -> Duration, for service: ServiceID
  ) -> FitRequest? {
    guard isEnabled, let openStart = open.start else { return nil }
    if let nextFit, now < nextFit { return nil }
    nextFit = now + max(step, refit / 24)
    return FitRequest(
      service: service, time: openStart, step: step, from: openStart - history, boot: boot(),
      isFirst: model == nil)
  }

  func forecast(level: Double) -> DemandForecast? {
    guard isEnabled, let model, let upper = model.upper(spending: 1 - level),
      let median = model.upper(quantile: 0.5)
    else { return nil }
    let ceiling = model.coefficients?.ceiling ?? .infinity
    return DemandForecast(
      upper: min(upper, ceiling), level: level, median: min(median, ceiling),
      isClamped: upper > ceiling)
  }

  /// What the seasons expect of the step that is open, in requests per second.
  var expectedRate: Double? {
    guard isEnabled, let model, let modelTime else { return nil }
    return model.expected(at: calendar.positions(at: modelTime))
  }

  mutating func restore(from other: DemandTracker) {
    restore(
      model: other.model, modelTime: other.modelTime, open: other.open, closed: other.closed,
      fittedAt: other.fittedAt, nextFit: other.nextFit)
    trust = other.trust
    effects = other.effects
    outlook = other.outlook
  }

  mutating func restore(
    model: LeadDemand?, modelTime: Timestamp?, open: OpenStep, closed: ClosedSteps,
    fittedAt: Timestamp?, nextFit: Timestamp?
  ) {
    self.model = model
    self.modelTime = modelTime
    self.open = open
    self.closed = closed
    self.fittedAt = fittedAt
    self.nextFit = nextFit
  }
}
