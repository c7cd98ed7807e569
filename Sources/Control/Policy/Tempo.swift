import Domain

/// A policy's durations as plain numbers, worked out once: a tick does arithmetic with them, and
/// that of `Duration` is done in 128 bits.
struct Tempo: Sendable, Equatable {
  /// Seconds.
  let interval: Double
  let lag: Double
  let warmBoot: Double
  let drain: Double
  let sloWait: Double
  /// The objective's window.
  let window: Double
  /// From being started to serving: as measured, where that is known.
  let boot: Double

  /// Whole seconds, rounded up.
  let lagSeconds: Int64
  let stabilization: Int64
  let upPeriod: Int64
  let downPeriod: Int64
  /// Within which a fleet must not swing up and down again and again.
  let swing: Int64
  /// From an order to the moment at which demand is next looked at again.
  let lead: Duration
  let leadSeconds: Int64

  init(_ policy: ServicePolicy, boot: Duration) {
    interval = policy.timing.interval.inSeconds
    lag = policy.timing.lag.inSeconds
    warmBoot = policy.fleet.warmBoot.inSeconds
    drain = policy.scaling.drain.inSeconds
    sloWait = policy.objective.sloWait.inSeconds
    window = policy.objective.window.inSeconds
    self.boot = boot.inSeconds
    lagSeconds = policy.timing.lag.secondsRoundedUp
    stabilization = policy.scaling.stabilization.secondsRoundedUp
    upPeriod = policy.scaling.up?.period.secondsRoundedUp ?? 0
    downPeriod = policy.scaling.down?.period.secondsRoundedUp ?? 0
    swing = Swing.window(
      seasons: policy.forecast.isEnabled ? policy.forecast.periods : [],
      interval: policy.timing.interval)
    lead = boot + policy.timing.interval + policy.timing.lag
    leadSeconds = lead.wholeSeconds
  }

  /// The longer of the step limits' periods.
  var limitPeriod: Int64 { max(upPeriod, downPeriod) }
}

extension Duration {
  var secondsRoundedUp: Int64 { -(.zero - self).wholeSeconds }
}

extension Timestamp {
  /// So many seconds earlier.
  func earlier(by span: Int64) -> Timestamp { Timestamp(seconds: seconds - span) }

  func later(by span: Int64) -> Timestamp { Timestamp(seconds: seconds + span) }
}
