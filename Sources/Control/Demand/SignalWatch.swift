import Domain

/// Recognises a rate that may raise the target but must not lower it: one that has frozen, one that
/// collapsed against what the seasons expect (an outage, after which the retry storm follows), and
/// one that has only just come back. And, for the operator alone, one that has moved to another
/// level than the seasons know.
struct SignalWatch: Sendable, Equatable {
  /// Consecutive ticks with a known rate.
  var freshTicks = 0
  var freshSince: Timestamp?
  var lastRate: Double?
  /// Consecutive ticks on which the rate did not move at all.
  var unmovedTicks = 0
  /// Share of earlier ticks on which the rate moved, slowly forgotten.
  var movingShare = 0.0
  /// Ticks for which a recognised collapse still holds the fleet.
  var collapseTicks = 0
  /// Ticks in a row on which the rate was near what the seasons expect, capped.
  var expectedTicks = 0
  /// Ticks in a row on which the rate was far above (positive) or below (negative) what the seasons
  /// expect.
  var shiftedTicks = 0
  var suspicion: Rule.Suspicion?

  /// Half an hour at the default interval: in ticks, so that compressed days work as well.
  static let freezeTicks = 120
  static let collapseHoldTicks = 120
  static let freshTicksNeeded = 3
  /// Intervals between two ticks of a process that runs; more are a pause.
  static let longestGap = 4.0
  /// The expectation must have been right for five minutes before a fall below it means anything.
  static let expectedTicksNeeded = 20
  /// An hour at the default interval.
  static let shiftTicks = 240
  /// Below this share of what is expected, next to nothing comes: nothing is learnt from it.
  static let outageShare = 0.1

  /// Whether demand has stayed on another level for an hour.
  var isShifted: Bool { shiftedTicks.magnitude >= Self.shiftTicks }

  /// Whether what comes now is no demand that a season could learn from.
  func isOutage(_ rate: Double, expected: Double?) -> Bool {
    switch suspicion {
    case .frozen: true
    case .collapsed: expected.map { rate < Self.outageShare * $0 } ?? false
    default: false
    }
  }

  mutating func observe(
    _ rate: Double?, expected: Double?, at now: Timestamp, stabilization: Int64
  ) {
    guard let rate else {
      freshTicks = 0
      freshSince = nil
      suspicion = .recovering
      return
    }
    if freshTicks == 0 { freshSince = now }
    freshTicks += 1
    trackMovement(of: rate)
    trackCollapse(of: rate, expected: expected)
    suspicion = judged(at: now, stabilization: stabilization)
  }

  /// Forgets how fresh the rate was if ticks were left out since `last`: the process was stopped or
  /// suspended, or goes on from a copy of its past. It has to look for a while before it shrinks
  /// anything.
  mutating func resume(after last: Timestamp, at now: Timestamp, interval: Double) {
    guard Double(now.seconds - last.seconds) > Self.longestGap * interval else { return }
    freshTicks = 0
    freshSince = nil
  }

  private mutating func trackMovement(of rate: Double) {
    if let lastRate {
      if lastRate == rate {
        unmovedTicks += 1
      } else {
        unmovedTicks = 0
      }
      // A run of equal values counts as one, or a long freeze would look like a quiet series.
      if unmovedTicks <= 1 {
        movingShare = 0.98 * movingShare + (lastRate == rate ? 0 : 0.02)
      }
    }
    lastRate = rate
  }

  private mutating func trackCollapse(of rate: Double, expected: Double?) {
    collapseTicks = max(0, collapseTicks - 1)
    guard let expected, expected > 0 else {
      expectedTicks = 0
      shiftedTicks = 0
      return
    }
    let side = rate > 1.5 * expected ? 1 : rate < expected / 1.5 ? -1 : 0
    shiftedTicks =
      side * shiftedTicks > 0 || shiftedTicks == 0
      ? min(max(shiftedTicks + side, -Self.shiftTicks), Self.shiftTicks) : side
    if rate < 0.5 * expected {
      if expectedTicks >= Self.expectedTicksNeeded { collapseTicks = Self.collapseHoldTicks }
      expectedTicks = 0
    } else if rate > 0.75 * expected {
      expectedTicks = min(expectedTicks + 1, Self.expectedTicksNeeded)
    }
  }

  private func judged(at now: Timestamp, stabilization: Int64) -> Rule.Suspicion? {
    if collapseTicks > 0 { return .collapsed }
    if unmovedTicks >= Self.freezeTicks && movingShare > 0.5 { return .frozen }
    let fresh = freshSince.map { now.seconds - $0.seconds } ?? 0
    if freshTicks < Self.freshTicksNeeded || fresh < stabilization {
      return .recovering
    }
    return nil
  }
}
